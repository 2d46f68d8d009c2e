import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { totoro } from "../../src";
import { balancedSplit, imbalanceLevels, stepSplit } from "../../src/gnn";
import { classificationScores } from "../../src/gnn/metrics/classification-scores";
import { seeded } from "../support/seeded";
import { communities } from "./support";

const classLists = fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 60, maxLength: 90 });
const perClass = (nodes: ArrayLike<number>, classes: number[]) =>
  [0, 1, 2].map((c) => Array.from(nodes).filter((node) => classes[node] === c).length);

describe("balancedSplit", () => {
  it("deals each class the same number, the rest to the test set, unknown nodes to none", () => {
    fc.assert(
      fc.property(classLists, fc.nat(), (classes, seed) => {
        fc.pre([0, 1, 2].every((c) => classes.filter((own) => own === c).length >= 5));
        const { train, validation, test } = balancedSplit(classes, {
          random: seeded(seed),
          perClass: 2,
          validationPerClass: 3,
        });
        expect(perClass(train, classes)).toEqual([2, 2, 2]);
        expect(perClass(validation, classes)).toEqual([3, 3, 3]);
        const all = [...train, ...validation, ...test].sort((a, b) => a - b);
        expect(all).toEqual(classes.flatMap((own, node) => (own < 0 ? [] : [node])));
      }),
    );
  });

  it("repeats itself for the same random numbers and ascends", () => {
    const classes = Array.from({ length: 200 }, (_, i) => i % 2);
    const draw = (seed: number) => balancedSplit(classes, { random: seeded(seed) });
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect([...draw(3).train]).toEqual([...draw(3).train].sort((a, b) => a - b));
  });

  it.each([[{ perClass: 0 }], [{ perClass: 21 }]])("refuses %o", (options) => {
    const classes = Array.from({ length: 100 }, (_, i) => i % 2);
    const call = () => balancedSplit(classes, { random: seeded(1), ...options });
    expect(call).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});

describe("stepSplit", () => {
  it("gives Cora's counts for δ 0.05, ρ 10 and three heads of seven: 30 and 3", () => {
    const classes = Array.from({ length: 2708 }, (_, i) => i % 7);
    const { train } = stepSplit(classes, { random: seeded(1) });
    const counts = Array.from(
      { length: 7 },
      (_, c) => [...train].filter((node) => classes[node] === c).length,
    );
    // ⌊2708 · 0.05 / (4 + 3 · 10)⌋ = 3
    expect(counts).toEqual([30, 30, 30, 3, 3, 3, 3]);
  });

  it("takes the first half as heads where there are few classes, or those named", () => {
    const classes = Array.from({ length: 400 }, (_, i) => i % 4);
    const count = (heads?: number[]) => {
      const { train } = stepSplit(classes, {
        random: seeded(1),
        imbalance: 4,
        ...(heads ? { heads } : {}),
      });
      return [0, 1, 2, 3].map((c) => [...train].filter((node) => classes[node] === c).length);
    };
    expect(count()).toEqual([8, 8, 2, 2]);
    expect(count([3])).toEqual([2, 2, 2, 8]);
  });

  it.each([
    [{ labelRatio: 0 }],
    [{ labelRatio: 0.001 }],
    [{ imbalance: 0.5 }],
    [{ heads: [9] }],
    [{ validationPerClass: 100 }],
  ])("refuses %o", (options) => {
    const classes = Array.from({ length: 200 }, (_, i) => i % 2);
    const call = () => stepSplit(classes, { random: seeded(1), ...options });
    expect(call).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});

describe("imbalanceLevels", () => {
  const { graph, classes } = communities();
  const options = { perClass: 2, validationPerClass: 1, draws: 12, perLevel: 3 };

  it("orders splits by the total that totoro gives", () => {
    const { low, middle, high } = imbalanceLevels(graph, classes, {
      random: seeded(1),
      ...options,
    });
    const all = [...low, ...middle, ...high];
    const totals = all.map(({ total }) => total);
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
    expect(all).toHaveLength(9);
    const { split, total } = high[2]!;
    const getNodeTrain = Array.from(classes, (_, node) => split.train.includes(node));
    expect(totoro.detailed(graph, { getNodeLabel: classes, getNodeTrain }).total).toBeCloseTo(
      total,
      7,
    );
  });

  it("refuses too few draws", () => {
    const call = () => imbalanceLevels(graph, classes, { random: seeded(1), ...options, draws: 8 });
    expect(call).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});

describe("classificationScores", () => {
  it("is worked by hand", () => {
    // class 0: 2 of 3 found, one false: F1 4/6; class 1: 1 of 2, one false: 2/4; class 2 only predicted: 0
    const { accuracy, weightedF1, macroF1 } = classificationScores(
      [0, 0, 1, 1, 2],
      [0, 0, 0, 1, 1],
    );
    const f1 = [4 / 5, 2 / 4, 0];
    expect(accuracy).toBeCloseTo(3 / 5, 12);
    expect(weightedF1).toBeCloseTo((3 * f1[0]! + 2 * f1[1]!) / 5, 12);
    expect(macroF1).toBeCloseTo((f1[0]! + f1[1]!) / 3, 12);
  });

  it("counts no prediction as wrong for every class", () => {
    expect(classificationScores([-1, -1], [0, 1])).toEqual({
      accuracy: 0,
      weightedF1: 0,
      macroF1: 0,
    });
  });

  it.each([
    [[0], [0, 1], "ERR_SHAPE"],
    [[], [], "ERR_SHAPE"],
    [[0], [-1], "ERR_LABEL"],
  ])("refuses %o beside %o", (predicted, actual, code) => {
    expect(() => classificationScores(predicted, actual)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
