import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  actualConfusion,
  cumulativeShare,
  labelLoyalty,
  predictedConfusion,
  spearman,
  wordLoyalty,
} from "../src";
import { areaUnderCurve, classAuc } from "../src/attention/auc";
import { principalDirections } from "../src/diagnosis/principal-directions";
import { answerOf } from "../src/run/answers";

const matrix = (rows: number[][]) => ({
  rows: rows.length,
  cols: rows[0]!.length,
  data: Float64Array.from(rows.flat()),
});

describe("areaUnderCurve", () => {
  it("counts pairs, ties half", () => {
    expect(areaUnderCurve([1, 2, 3, 4], [false, true, false, true])).toBe(0.75);
    expect(areaUnderCurve([1, 1, 1], [true, false, true])).toBe(0.5);
  });

  it("equals the share of ordered pairs for any scores", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), {
          minLength: 2,
          maxLength: 30,
        }),
        (samples) => {
          const [up, down] = [samples.filter(([, p]) => p), samples.filter(([, p]) => !p)];
          fc.pre(up.length > 0 && down.length > 0);
          let wins = 0;
          for (const [a] of up) for (const [b] of down) wins += a > b ? 1 : a === b ? 0.5 : 0;
          const area = areaUnderCurve(
            samples.map(([score]) => score),
            samples.map(([, positive]) => positive),
          );
          return Math.abs(area - wins / (up.length * down.length)) < 1e-12;
        },
      ),
    );
  });

  it("refuses one side without samples, unequal lists and NaN", () => {
    expect(() => areaUnderCurve([1, 2], [true, true])).toThrow("2 and 0");
    expect(() => areaUnderCurve([1], [])).toThrow("1 scores");
    expect(() => areaUnderCurve([Number.NaN, 1], [true, false])).toThrow("finite");
  });
});

describe("classAuc and cumulativeShare", () => {
  it("take the raw score of the higher class when only two occur", () => {
    const scores = [
      [0.9, 0, 0.1],
      [0.1, 0, 0.2],
      [0.5, 0, 0.15],
      [0.4, 0, 0.3],
    ];
    expect(classAuc(scores, [0, 2, 0, 2])).toEqual({ auc: 1, classes: [0, 2] });
  });

  it("refuse a truth of one class", () => {
    expect(() => classAuc([[1, 2]], [1])).toThrow("at least two classes");
    expect(() => classAuc([[1, 2]], [])).toThrow("as many classes");
  });

  it("may leave [0, 1], and give null where nothing is told", () => {
    expect(cumulativeShare([0.4, 0.7])).toBeAllclose([-1, 1], { rtol: 1e-12 });
    expect(cumulativeShare([0.5, 0.5])).toBeNull();
  });
});

describe("loyalties", () => {
  it("are shares of equal predictions and of common tokens", () => {
    const a = [answerOf([5, 4, 3, 2, 1], [0, 1]), answerOf([1, 2, 3, 4, 5], [0, 1])];
    const b = [answerOf([5, 4, 1, 2, 3], [0, 1]), answerOf([3, 2, 1, 4, 5], [0, 1])];
    expect(labelLoyalty(a, b)).toBe(0.5);
    expect(wordLoyalty(a, b, { k: 3 })).toBeCloseTo((2 / 4 + 2 / 4) / 2, 12);
    expect(labelLoyalty(a, a)).toBe(1);
    expect(wordLoyalty(a, a, { k: 5 })).toBe(1);
  });

  it("break ties by the lower id", () => {
    expect([...answerOf([1, 2, 2, 1], [3, 0], { topK: 3 }).topTokens]).toEqual([1, 2, 0]);
    expect(answerOf([1, 2, 2, 1], [3, 0]).prediction).toBe(0);
  });

  it("average the ids of a label word, and refuse what is not finite", () => {
    expect([...answerOf([1, 2, 6], [[0, 1], 2]).classLogits]).toEqual([1.5, 6]);
    expect(() => answerOf([Number.NaN, 1], [0, 1])).toThrow("finite");
  });

  it("refuse lists of different lengths and too large a k", () => {
    const one = [answerOf([1, 2], [0, 1])];
    expect(() => labelLoyalty(one, [])).toThrow("as many");
    expect(() => wordLoyalty(one, one, { k: 3 })).toThrow("k must be");
  });
});

describe("the diagnosis", () => {
  it("finds the direction of the largest variance, wide or tall", () => {
    const tall = principalDirections(
      matrix([
        [3, 0],
        [-3, 0],
        [0, 1],
        [0, -1],
        [0, 0],
      ]),
      2,
    );
    expect(tall.singularValues).toBeAllclose([Math.sqrt(18), Math.sqrt(2)], { rtol: 1e-12 });
    expect(Math.abs(tall.directions.data[0]!)).toBeCloseTo(1, 12);
    const wide = principalDirections(
      matrix([
        [2, 0, 0],
        [-2, 0, 0],
      ]),
      1,
    );
    expect(wide.directions.data.map(Math.abs)).toBeAllclose([1, 0, 0], { atol: 1e-12 });
    expect(() =>
      principalDirections(
        matrix([
          [1, 2],
          [3, 4],
        ]),
        2,
      ),
    ).toThrow("components");
    expect(() =>
      principalDirections(
        matrix([
          [Number.NaN, 1],
          [2, 3],
        ]),
        1,
      ),
    ).toThrow("finite");
  });

  it("calls keys alike that differ only where queries do not vary", () => {
    const queries = matrix([
      [1, 0],
      [-1, 0],
      [2, 0],
      [-2, 0.001],
    ]);
    const keys = matrix([
      [0, 0],
      [0, 1],
      [1, 0],
    ]);
    const { data } = predictedConfusion(queries, keys, { components: 1 });
    expect(data[1]).toBeLessThan(0.01);
    expect(data[2]).toBeCloseTo(1, 3);
    expect([data[0], data[4], data[8]]).toEqual([1, 1, 1]);
  });

  it("refuses queries that are all the same", () => {
    const same = matrix([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(() =>
      predictedConfusion(
        same,
        matrix([
          [1, 0],
          [0, 1],
        ]),
      ),
    ).toThrow("queries must differ");
    expect(() => predictedConfusion(same, matrix([[1], [0]]))).toThrow("2 columns");
  });

  it("lists pairs without samples of both classes", () => {
    const { data, skipped } = actualConfusion(
      [
        [0.8, 0.1, 0.1],
        [0.3, 0.6, 0.1],
      ],
      [0, 1],
    );
    expect(skipped).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(data[1]).toBe(1);
    expect(() => actualConfusion([], [])).toThrow("at least one");
  });

  it("ranks with ties", () => {
    expect(spearman([1, 2, 2, 4], [10, 20, 20, 40])).toBe(1);
    expect(spearman([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(spearman([1, 1], [1, 2])).toBeNull();
    expect(() => spearman([1], [1])).toThrow("at least 2");
  });
});
