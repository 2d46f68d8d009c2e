import { tensor } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topKGate } from "../src";
import type { TopKGateOptions } from "../src/router/top-k-gate";
import { differences, expectError, normal, numbers } from "./support";

/** The three tokens of the specification's vectors. */
const rows = [
  [2, 1, 0, -1],
  [0, 3, 1, 0.5],
  [1, 0.5, 2, 0],
];
const logits = () => tensor(rows);
const idsOf = (values: readonly (readonly number[])[], config: object, options = {}) =>
  numbers(
    topKGate(tensor(values), { experts: values[0]!.length, topK: 2, ...config }, options).ids,
  );

describe("topKGate", () => {
  it("gives the worked example's scores, experts and unnormalised weights", () => {
    const gate = topKGate(logits(), { experts: 4, topK: 2 });
    const scores = [
      0.643914, 0.236883, 0.087144, 0.032059, 0.039289, 0.789137, 0.106798, 0.064776, 0.213097,
      0.12925, 0.579259, 0.078394,
    ];
    expect(numbers(gate.scores)).toBeAllclose(scores, { rtol: 0, atol: 1e-6 });
    expect(numbers(gate.ids)).toEqual([0, 1, 1, 2, 2, 0]);
    expect(numbers(gate.weights)).toBeAllclose(
      [0.643914, 0.236883, 0.789137, 0.106798, 0.579259, 0.213097],
      { rtol: 0, atol: 1e-6 },
    );
  });

  it("limits a token to its best device", () => {
    const config = { method: "group_limited_greedy", groups: 2, groupsKept: 1 } as const;
    expect(idsOf(rows, config)).toEqual([0, 1, 1, 0, 2, 3]);
  });

  it("counts a group as its best expert in V2 and as its best two in V3", () => {
    const values = [[3, -3, 2, 1.9]];
    const groups = { groups: 2, groupsKept: 1, scoring: "sigmoid" } as const;
    expect(idsOf(values, { ...groups, method: "group_limited_greedy" })).toEqual([0, 1]);
    expect(idsOf(values, { ...groups, method: "noaux_tc" })).toEqual([2, 3]);
  });

  it("prefers a negative biased score inside a kept group to a masked one", () => {
    const bias = tensor([-5, -6, -50, -50]);
    const config = { method: "noaux_tc", scoring: "sigmoid", groups: 2, groupsKept: 1 } as const;
    expect(idsOf([[0, 0, 0, 0]], config, { bias })).toEqual([0, 1]);
  });

  it("lets the bias choose but not weigh", () => {
    const bias = tensor([-1, 0, 0, 1]);
    const config = { experts: 4, topK: 2, method: "noaux_tc", scoring: "sigmoid" } as const;
    const gate = topKGate(logits(), config, { bias });
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    expect(numbers(gate.ids).slice(0, 2)).toEqual([3, 1]);
    expect(numbers(gate.weights).slice(0, 2)).toBeAllclose([sigmoid(-1), sigmoid(1)]);
  });

  it("multiplies by the bias when asked", () => {
    const bias = tensor([1, 1, 1, 30]);
    const config = { method: "noaux_tc", biasMode: "multiply" } as const;
    expect(idsOf(rows, config, { bias }).slice(0, 2)).toEqual([3, 0]);
  });

  it("normalises and scales as each family does", () => {
    const weights = (config: object) =>
      numbers(topKGate(logits(), { experts: 4, topK: 2, ...config }).weights).slice(0, 2);
    const [a, b] = weights({}) as [number, number];
    const pair = [a / (a + b), b / (a + b)];
    const normTopkProb = true;
    expect(weights({ family: "deepseek", normTopkProb })).toBeAllclose(pair);
    expect(weights({ family: "deepseek_v2", normTopkProb, scale: 16 })).toBeAllclose(pair);
    expect(weights({ family: "deepseek_v2", scale: 16 })).toBeAllclose([16 * a, 16 * b]);
    expect(weights({ family: "deepseek_v3", normTopkProb, scale: 2.5 })).toBeAllclose(
      pair.map((w) => 2.5 * w),
    );
  });

  it("never normalises a single expert to 1", () => {
    const gate = topKGate(logits(), { experts: 4, topK: 1, normTopkProb: true });
    expect(numbers(gate.weights)).toBeAllclose([0.643914, 0.789137, 0.579259], { atol: 1e-6 });
  });

  it("keeps normalised weights finite when all scores vanish", () => {
    const config = { experts: 2, topK: 2, scoring: "sigmoid", normTopkProb: true } as const;
    const gate = topKGate(tensor([[-200, -200]]), config);
    expect(numbers(gate.weights)).toEqual([0, 0]);
  });

  it("gives ties to the lower expert", () => {
    expect(idsOf([[1, 1, 1, 1]], {})).toEqual([0, 1]);
    expect(
      idsOf([[0, 0, 0, 0]], { method: "group_limited_greedy", groups: 2, groupsKept: 1 }),
    ).toEqual([0, 1]);
  });

  it("hides masked tokens: no expert, no weight", () => {
    const tokenMask = tensor(Int32Array.of(1, 0, 1));
    const gate = topKGate(logits(), { experts: 4, topK: 2 }, { tokenMask });
    expect(numbers(gate.ids)).toEqual([0, 1, -1, -1, 2, 0]);
    expect(numbers(gate.weights).slice(2, 4)).toEqual([0, 0]);
  });

  it("leaves the best experts out on request and chooses among the rest", () => {
    expect(idsOf(rows, {}, { skipTop: 1 })).toEqual([1, 2, 2, 3, 0, 1]);
    expect(idsOf(rows, {}, { skipTop: 2 })).toEqual([2, 3, 3, 0, 1, 3]);
  });

  it("gives experts that stand in the weight of those left out, in their own proportions", () => {
    // Scores 1/2, 1/4, 1/8, 1/8 by logits of ln 4, ln 2, 0, 0.
    const own = [[Math.log(4), Math.log(2), 0, 0]];
    const weights = (topK: number, options: TopKGateOptions) =>
      numbers(topKGate(tensor(own), { experts: 4, topK }, options).weights);
    const keepMass = true;
    expect(weights(2, { skipTop: 1, keepMass })).toBeAllclose([1 / 4, 1 / 2]);
    expect(weights(2, { skipTop: 2, keepMass })).toBeAllclose([3 / 8, 3 / 8]);
    expect(weights(1, { without: [0], keepMass })).toBeAllclose([1 / 2]);
    expect(weights(2, { without: [3], keepMass })).toEqual(weights(2, {}));
    const far = topKGate(
      tensor([[0, -300, -300]]),
      { experts: 3, topK: 1 },
      { skipTop: 1, keepMass },
    );
    expect(numbers(far.weights)).toEqual([1]);
    expectError("ERR_RANGE", /skipTop must be a whole number from 0 to 2, got 3/, () =>
      weights(2, { skipTop: 3, keepMass }),
    );
  });

  it("keeps the sum of weights of 200 random gates, and changes nothing else, to the bit", () => {
    const settings = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      topK: fc.integer({ min: 1, max: 4 }),
      skipTop: fc.integer({ min: 0, max: 4 }),
      without: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 2 }),
      scoring: fc.constantFrom("softmax" as const, "sigmoid" as const),
      normTopkProb: fc.boolean(),
    });
    fc.assert(
      fc.property(settings, ({ seed, skipTop, without, ...own }) => {
        const x = normal([5, 10], seed);
        const config = { experts: 10, family: "deepseek" as const, ...own };
        const gate = (options: TopKGateOptions) => {
          const { ids, weights, scores } = topKGate(x, config, options);
          return { ids: numbers(ids), weights: numbers(weights), scores: numbers(scores) };
        };
        const [plain, some] = [gate({}), gate({ skipTop, without })];
        const kept = gate({ skipTop, without, keepMass: true });
        expect(gate({ skipTop, without, keepMass: false })).toEqual(some);
        expect(gate({ keepMass: true })).toEqual(plain);
        expect([kept.ids, kept.scores]).toEqual([some.ids, some.scores]);
        const sums = (all: number[]) =>
          Array.from({ length: 5 }, (_, token) =>
            all.slice(own.topK * token, own.topK * (token + 1)).reduce((sum, w) => sum + w, 0),
          );
        expect(sums(kept.weights)).toBeAllclose(sums(plain.weights), { rtol: 1e-5 });
        expect(kept.weights.every((weight) => weight >= 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("takes −∞ as a mask", () => {
    expect(idsOf([[5, Number.NEGATIVE_INFINITY, 1, 2]], {})).toEqual([0, 3]);
  });

  it("routes no tokens at all", () => {
    const gate = topKGate(normal([0, 4]), { experts: 4, topK: 2 });
    expect(gate.ids.shape).toEqual([0, 2]);
  });

  it.each(["softmax", "sigmoid"] as const)("has the right gradient through %s", (scoring) => {
    const x = normal([3, 5], 3).requireGrad();
    const cotangent = normal([3, 2], 4);
    const config = { experts: 5, topK: 2, scoring, normTopkProb: true, scale: 2.5 };
    const loss = () => topKGate(x, config).weights.mul(cotangent).sum();
    loss().backward();
    const wanted = differences(x, () => loss().itemSync());
    expect(numbers(x.grad!)).toBeAllclose(wanted, { rtol: 1e-2, atol: 1e-3 });
  });

  it("follows a renumbering of the experts", () => {
    const permutation = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
    const distinct = fc.uniqueArray(fc.integer({ min: -40, max: 40 }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(distinct, permutation, fc.integer({ min: 1, max: 6 }), (row, order, topK) => {
        const plain = idsOf([row.map((x) => x / 8)], { topK });
        const moved = idsOf([order.map((e) => row[e]! / 8)], { topK });
        expect(moved.map((place) => order[place])).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses NaN and +∞ with their place", () => {
    const at = (value: number) => tensor([rows[0]!, [0, 3, value, 0.5]]);
    expectError("ERR_NOT_FINITE", /token 1, expert 2/, () =>
      topKGate(at(Number.NaN), { experts: 4, topK: 2 }),
    );
    expectError("ERR_NOT_FINITE", /got Infinity/, () =>
      topKGate(at(Number.POSITIVE_INFINITY), { experts: 4, topK: 2 }),
    );
  });

  it("gives no token an expert that is switched off, and leaves the scores as they are", () => {
    const options = { experts: 4, topK: 2 };
    const [all, some] = [
      topKGate(tensor(rows), options),
      topKGate(tensor(rows), options, { without: [0, 1] }),
    ];
    expect(numbers(some.ids).every((id) => id === 2 || id === 3)).toBe(true);
    expect(numbers(some.scores)).toEqual(numbers(all.scores));
    const grouped = {
      ...options,
      method: "group_limited_greedy" as const,
      groups: 2,
      groupsKept: 2,
    };
    expect(numbers(topKGate(tensor(rows), grouped, { without: [2] }).ids)).not.toContain(2);
    for (const without of [[4], [0.5]])
      expectError("ERR_RANGE", /without must be a whole number from 0 to 3/, () =>
        topKGate(tensor(rows), options, { without }),
      );
    expectError("ERR_RANGE", /without must leave at least topK \(2\)/, () =>
      topKGate(tensor(rows), options, { without: [0, 1, 2] }),
    );
  });

  it("takes −∞ for a mask, but not of all experts of a token", () => {
    const hidden = -Infinity;
    const masked = tensor([rows[0]!, [hidden, 3, hidden, 0.5]]);
    expect(numbers(topKGate(masked, { experts: 4, topK: 2 }).ids).slice(2)).toEqual([1, 3]);
    const nothing = tensor([rows[0]!, [hidden, hidden, hidden, hidden]]);
    for (const scoring of ["softmax", "sigmoid"] as const)
      expectError("ERR_NOT_FINITE", /some expert of token 1 must have a finite logit/, () =>
        topKGate(nothing, { experts: 4, topK: 2, scoring }),
      );
  });

  it.each(["softmax", "sigmoid"] as const)(
    "leaves NaN to the refusal of topk with %s when unchecked",
    (scoring) => {
      const values = tensor([rows[0]!, [0, 3, Number.NaN, 0.5]]);
      const choose = () =>
        topKGate(values, { experts: 4, topK: 2, scoring }, { checkFinite: false });
      expect(choose).toThrow("tensor-gpu/topk: the tensor [2, 4] holds NaN");
    },
  );

  it("says what is wrong with settings and shapes", () => {
    const gate = (config: object, options = {}) =>
      topKGate(logits(), { experts: 4, topK: 2, ...config }, options);
    expectError("ERR_RANGE", /topK must be a whole number from 1 to 4, got 5/, () =>
      gate({ topK: 5 }),
    );
    expectError("ERR_RANGE", /3 groups must divide 4 experts/, () => gate({ groups: 3 }));
    expectError("ERR_RANGE", /groupsKept/, () => gate({ groups: 2, groupsKept: 3 }));
    expectError("ERR_RANGE", /topK must be at most 2/, () =>
      gate({ topK: 3, method: "noaux_tc", groups: 2, groupsKept: 1 }),
    );
    expectError("ERR_RANGE", /scale must be a finite number above 0/, () => gate({ scale: 0 }));
    expectError("ERR_RANGE", /deepseek family has no scale/, () =>
      gate({ family: "deepseek", scale: 2 }),
    );
    expectError("ERR_RANGE", /skipTop/, () => gate({}, { skipTop: 3 }));
    expectError("ERR_SHAPE", /logits must have shape \[\*, 5\], got \[3, 4\]/, () =>
      gate({ experts: 5 }),
    );
    expectError("ERR_SHAPE", /bias/, () => gate({}, { bias: tensor([1]) }));
    expectError("ERR_SHAPE", /tokenMask/, () =>
      gate({}, { tokenMask: tensor(Int32Array.of(1, 1)) }),
    );
  });
});
