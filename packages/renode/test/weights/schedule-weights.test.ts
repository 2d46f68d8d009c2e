import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scheduleWeights } from "../../src";

const EXACT = { rtol: 0, atol: 1e-12 };
const scoreLists = fc.array(fc.constantFrom(0, 1e-15, 0.1, 0.2, 0.3, 0.4), {
  minLength: 2,
  maxLength: 30,
});

describe("scheduleWeights", () => {
  it("gives the cosine of the rank, worked by hand", () => {
    const { ranks, weights } = scheduleWeights([0.3, 0.1, 0.2]);
    expect([...ranks]).toEqual([2, 0, 1]);
    expect(weights).toBeAllclose([0.5, 1.5, 1], EXACT);
  });

  it("divides by the number of scores as the paper prints it", () => {
    const { weights } = scheduleWeights([0.1, 0.2], { rankDivisor: "count" });
    expect(weights).toBeAllclose([1.5, 1], EXACT);
  });

  it("gives one score the middle weight", () => {
    const { weights } = scheduleWeights([3], { minWeight: 0.25, maxWeight: 1.25 });
    expect([...weights]).toEqual([0.75]);
  });

  it("ranks equal scores by their order, or averages them", () => {
    const scores = [0.2, 0, 1e-13, 0.2];
    expect([...scheduleWeights(scores).ranks]).toEqual([2, 0, 1, 3]);
    const { ranks, weights } = scheduleWeights(scores, { ties: "average" });
    expect([...ranks]).toEqual([2.5, 0.5, 0.5, 2.5]);
    expect(weights).toBeAllclose([0.625, 1.375, 1.375, 0.625], EXACT);
  });

  it("takes scores as equal that differ by no more than tieTolerance", () => {
    const scores = [0.2 + 1e-13, 0.2];
    expect([...scheduleWeights(scores).ranks]).toEqual([0, 1]);
    expect([...scheduleWeights(scores, { tieTolerance: 0 }).ranks]).toEqual([1, 0]);
  });

  it("keeps the mean weight, for both kinds of ties", () => {
    fc.assert(
      fc.property(
        scoreLists,
        fc.constantFrom("order" as const, "average" as const),
        (scores, ties) => {
          const { weights } = scheduleWeights(scores, { ties, minWeight: 0.25, maxWeight: 1.75 });
          expect(weights.reduce((a, b) => a + b, 0) / scores.length).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it("never gives a higher score a higher weight", () => {
    fc.assert(
      fc.property(scoreLists, (scores) => {
        const { weights } = scheduleWeights(scores);
        for (const [i, a] of scores.entries())
          for (const [j, b] of scores.entries())
            if (a > b + 1e-12) expect(weights[i]).toBeLessThanOrEqual(weights[j]!);
      }),
    );
  });

  it.each([
    ["a negative weight", [1], { minWeight: -1 }, "ERR_RANGE"],
    ["weights out of order", [1], { minWeight: 2, maxWeight: 1 }, "ERR_RANGE"],
    ["an infinite weight", [1], { maxWeight: Number.POSITIVE_INFINITY }, "ERR_RANGE"],
    ["a negative tolerance", [1], { tieTolerance: -1 }, "ERR_RANGE"],
    ["a score that is NaN", [Number.NaN], {}, "ERR_RANGE"],
    ["no scores", [], {}, "ERR_LABEL"],
    ["unknown ties", [1], { ties: "random" as never }, "ERR_ARGUMENT"],
    ["an unknown divisor", [1], { rankDivisor: "all" as never }, "ERR_ARGUMENT"],
  ])("refuses %s", (_, scores, options, code) => {
    expect(() => scheduleWeights(scores, options)).toThrow(expect.objectContaining({ code }));
  });
});
