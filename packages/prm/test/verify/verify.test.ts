import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregate, defaultAggregation } from "../../src/verify/aggregate";
import {
  bestOfNCurve,
  type CheckedCandidate,
  expectedBestOfN,
} from "../../src/verify/best-of-n-curve";
import { passAtK } from "../../src/verify/pass-at-k";
import { select } from "../../src/verify/select";
import { verify } from "../../src/verify/verify";

describe("aggregation", () => {
  it.each([
    ["min", 0.2],
    ["product", 0.08],
    ["last", 0.5],
    ["mean", 0.5],
  ] as const)("by %s", (kind, value) => {
    expect(aggregate([0.8, 0.2, 0.5], kind)).toBeCloseTo(value, 12);
    expect(aggregate([], kind)).toBeNull();
  });

  it("survives long products and zeros", () => {
    expect(aggregate(new Array(2000).fill(0.5), "product")).toBe(0);
    expect(aggregate([0.5, 0], "product")).toBe(0);
  });

  it("defaults to the last score for models trained on completions, to the product for others", () => {
    expect(defaultAggregation("completions")).toBe("last");
    expect(defaultAggregation("people")).toBe("product");
  });
});

const pool = [
  { key: "a", score: 0.4 },
  { key: "b", score: 0.9 },
  { key: "a", score: 0.3 },
  { key: "a", score: 0.1 },
  { key: null, score: 1 },
];

describe("selection", () => {
  it("by votes, weights and the best score", () => {
    expect(select(pool, "majority").index).toBe(0);
    expect(select(pool, "weighted").index).toBe(1); // 0.9 against 0.8
    expect(select(pool, "best-of-n").index).toBe(1);
    expect(select(pool).groups).toMatchObject([{ key: "a", members: [0, 2, 3] }, { key: "b" }]);
  });

  it("breaks ties by order and lets answers missing win only if all are", () => {
    const even = [
      { key: "x", score: 0.5 },
      { key: "y", score: 0.5 },
    ];
    for (const method of ["majority", "weighted", "best-of-n"] as const)
      expect(select(even, method).index).toBe(0);
    const none = [
      { key: null, score: null },
      { key: null, score: 0.1 },
    ];
    expect(select(none, "weighted")).toEqual({ index: 1, groups: [] });
    expect(select([], "weighted").index).toBeNull();
    expect(
      select(
        [
          { key: "x", score: null },
          { key: "y", score: 0 },
        ],
        "best-of-n",
      ).index,
    ).toBe(1);
  });

  it("refuses scores that are not finite", () => {
    expect(() => select([{ key: "a", score: Number.NaN }])).toThrow(/score of candidate 0 is NaN/);
  });
});

/** Average over all subsets of n, with ties broken uniformly. */
function bruteForce(candidates: readonly CheckedCandidate[], n: number): number {
  const subsets = (list: readonly CheckedCandidate[], k: number): CheckedCandidate[][] =>
    k === 0
      ? [[]]
      : list.flatMap((first, i) =>
          subsets(list.slice(i + 1), k - 1).map((rest) => [first, ...rest]),
        );
  const all = subsets(candidates, n);
  let sum = 0;
  for (const subset of all) {
    const top = Math.max(...subset.map(({ score }) => score!));
    const best = subset.filter(({ score }) => score === top);
    sum += best.filter(({ correct }) => correct).length / best.length;
  }
  return sum / all.length;
}

describe("accuracy over n", () => {
  const candidates = fc.array(
    fc.record({
      key: fc.constantFrom("a", "b"),
      score: fc.constantFrom(0.1, 0.2, 0.3, 0.4),
      correct: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  );

  it("of the best score equals the average over all subsets when scores differ", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), fc.nat(), (oks, pick) => {
        const made = oks.map((correct, i) => ({ key: "a", score: i / 10, correct }));
        const n = 1 + (pick % made.length);
        expect(expectedBestOfN(made, n)).toBeCloseTo(bruteForce(made, n), 10);
      }),
    );
  });

  it("of the best score is exact with equal scores, too", () => {
    fc.assert(
      fc.property(candidates, fc.nat(), (made, pick) => {
        const n = 1 + (pick % made.length);
        expect(expectedBestOfN(made, n)).toBeCloseTo(bruteForce(made, n), 10);
      }),
    );
  });

  it("never exceeds the oracle, and has intervals around it", () => {
    const pools = Array.from({ length: 20 }, (_, p) =>
      Array.from({ length: 8 }, (_, i) => ({
        key: String((p + i) % 3),
        score: ((p * 7 + i * 5) % 8) / 8,
        correct: (p + i) % 3 === 0,
      })),
    );
    const oracle = bestOfNCurve(pools, { method: "oracle" });
    expect(oracle.map(({ n }) => n)).toEqual([1, 2, 4, 8]);
    for (const method of ["best-of-n", "majority", "weighted"] as const)
      for (const [i, point] of bestOfNCurve(pools, { method }).entries()) {
        expect(point.accuracy).toBeLessThanOrEqual(oracle[i]!.accuracy + 0.03);
        expect(point.low).toBeLessThanOrEqual(point.accuracy);
        expect(point.high).toBeGreaterThanOrEqual(point.accuracy);
      }
    expect(() => bestOfNCurve([])).toThrow(/needs solutions/);
    expect(() => bestOfNCurve(pools, { ns: [9] })).toThrow(
      /n must be a whole number from 1 to 8, got 9/,
    );
  });

  it("of any right sample is Chen's estimate", () => {
    expect(passAtK(5, 2, 1)).toBeCloseTo(0.4, 12);
    expect(passAtK(5, 2, 2)).toBeCloseTo(0.7, 12);
    expect(passAtK(5, 2, 4)).toBe(1);
    expect(passAtK(5, 0, 5)).toBe(0);
    expect(() => passAtK(5, 6, 1)).toThrow(/c must be a whole number from 0 to 5, got 6/);
  });
});

describe("verify", () => {
  const answers = ["7", "7", "9", "none"];
  const completer = async (_: unknown, { seeds }: { seeds: readonly number[] }) =>
    seeds.map((_, i) => (answers[i] === "none" ? "no idea" : `so\nThe answer is: ${answers[i]}`));
  const scorer = async (_: string, steps: readonly string[]) =>
    steps.map((step) => (step.endsWith("9") ? 0.9 : 0.2));

  it("samples, votes and returns the answer with its evidence", async () => {
    const found = await verify("p", { completer, n: 4 });
    expect(found).toMatchObject({ answer: "7", share: 2 / 3 });
    expect(found.solutions).toHaveLength(4);
    expect(found.solutions[3]).toMatchObject({ answer: null, key: null, score: null });
  });

  it("weighs votes by scores", async () => {
    const found = await verify("p", { completer, scorer, n: 4 });
    expect(found.answer).toBe("9");
    expect(found.share).toBeCloseTo(0.9 / 1.3, 12);
    expect(found.solution.stepScores).toEqual([0.2, 0.9]);
    expect((await verify("p", { completer, scorer, n: 4, method: "majority" })).answer).toBe("7");
  });

  it("refuses n below 1", async () => {
    await expect(verify("p", { completer, n: 0 })).rejects.toThrow(/n must be/);
  });
});
