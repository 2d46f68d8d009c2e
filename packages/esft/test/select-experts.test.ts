import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adapterSize,
  type ExpertScores,
  selectExperts,
  selectRandomExperts,
  topPExperts,
} from "../src";

const scores = (...layers: number[][]): ExpertScores => {
  const token = new Map(layers.map((values, i) => [i + 1, Float64Array.from(values)]));
  return { token, gate: token };
};
const pick = (values: number[], topP: number) =>
  topPExperts(Float64Array.from(values), topP).experts;

describe("selectExperts", () => {
  it("takes the best experts until their scores sum to p, ties by number", () => {
    expect(pick([0.05, 0.3, 0.1, 0.25, 0.3], 0.5)).toEqual([1, 4]);
    expect(topPExperts(Float64Array.of(0.05, 0.3, 0.1, 0.25, 0.3), 0.5).reached).toBeCloseTo(0.6);
  });

  it("always takes one expert, unless p is 0 and means none", () => {
    expect(selectExperts(scores([0.2, 0.8]), { topP: 0 }).config.experts.get(1)).toEqual([1]);
    const none = selectExperts(scores([0.2, 0.8]), { topP: 0, zeroMeansNone: true });
    expect(none.config.experts.get(1)).toEqual([]);
    expect(none.warnings).toEqual([]);
  });

  it("takes all used experts and warns where p cannot be reached", () => {
    const { config, warnings } = selectExperts(scores([0.1, 0, 0.2]), {
      scoreFunction: "gate",
      topP: 0.5,
    });
    expect(config.experts.get(1)).toEqual([2, 0]);
    expect(warnings).toMatchObject([{ type: "top-p-not-reached", layer: 1, topP: 0.5 }]);
    expect(warnings[0]!.total).toBeCloseTo(0.3);
  });

  it("takes none and warns where no expert was used", () => {
    const { config, warnings } = selectExperts(scores([0, 0], [0.5, 0.5]));
    expect(config.experts.get(1)).toEqual([]);
    expect(config.experts.get(2)).toEqual([0]);
    expect(warnings).toMatchObject([{ type: "layer-unused", layer: 1 }]);
  });

  it("adds no unused expert because of rounding", () => {
    const tenths = [...Array<number>(10).fill(0.1), 0, 0]; // sums to 0.9999999999999999
    const { config, warnings } = selectExperts(scores(tenths), { topP: 1 });
    expect(config.experts.get(1)).toHaveLength(10);
    expect(warnings).toEqual([]);
  });

  it("compares gate scores with p as they are, or as shares when asked", () => {
    const raw = scores([0.06, 0.05, 0.04, 0.03]);
    const options = { scoreFunction: "gate", topP: 0.1 } as const;
    expect(selectExperts(raw, options).config.experts.get(1)).toEqual([0, 1]);
    const shares = selectExperts(raw, { ...options, normalizeGate: true });
    expect(shares.config.experts.get(1)).toEqual([0]);
  });

  it("is the smallest prefix of the sorted experts, whatever the scores", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 100 }),
        (counts, percent) => {
          const total = counts.reduce((sum, n) => sum + n, 0);
          fc.pre(total > 0);
          const values = Float64Array.from(counts, (n) => n / total);
          const { experts } = topPExperts(values, percent / 100);
          const sum = (list: number[]) => list.reduce((s, e) => s + values[e]!, 0);
          expect(new Set(experts).size).toBe(experts.length);
          expect(sum(experts)).toBeGreaterThanOrEqual(percent / 100 - 1e-9);
          expect(experts.length).toBeGreaterThan(0);
          if (experts.length > 1)
            expect(sum(experts.slice(0, -1))).toBeLessThan(percent / 100 - 1e-10);
          for (const expert of experts) expect(values[expert]).toBeGreaterThan(0);
          const worst = values[experts.at(-1)!]!;
          for (const [e, value] of values.entries())
            if (!experts.includes(e)) expect(value).toBeLessThanOrEqual(worst);
        },
      ),
    );
  });

  it.each([
    [{ topP: 1.2 }, "ERR_RANGE", /topP must be a finite number from 0 to 1, got 1.2/],
    [{ topP: -0.1 }, "ERR_RANGE", /topP/],
    [{ topP: Number.NaN }, "ERR_RANGE", /topP/],
  ])("refuses %o", (options, code, message) => {
    const call = () => selectExperts(scores([0.5, 0.5]), options);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code }));
  });

  it("names layer and expert of an invalid score", () => {
    expect(() => selectExperts(scores([0.5], [0.1, Number.NaN]))).toThrow(
      /score of layer 2, expert 1 must be finite, got NaN/,
    );
    expect(() => selectExperts(scores([-0.5]))).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
    expect(() => selectExperts({ token: new Map(), gate: null })).toThrow(
      expect.objectContaining({ code: "ERR_MISSING" }),
    );
    expect(() =>
      selectExperts({ token: scores([1]).token, gate: null }, { scoreFunction: "gate" }),
    ).toThrow(/must have gate scores/);
  });
});

describe("selectRandomExperts", () => {
  const { config } = selectExperts(scores([0.4, 0.3, 0.2, 0.1], [0.9, 0.1, 0, 0]), { topP: 0.6 });

  it("draws as many different experts in every layer", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const seen = new Set<number>();
    for (let draw = 0; draw < 50; draw++) {
      const other = selectRandomExperts(config, 4, { random });
      expect([...other.experts].map(([layer, e]) => [layer, e.length])).toEqual([
        [1, 2],
        [2, 1],
      ]);
      for (const list of other.experts.values()) {
        expect(new Set(list).size).toBe(list.length);
        for (const expert of list) seen.add(expert);
      }
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
  });

  it("can leave the chosen ones out, if there are enough others", () => {
    const random = () => 0.999;
    const other = selectRandomExperts(config, 4, { random, mayRepeat: false });
    for (const [layer, list] of other.experts)
      for (const expert of list) expect(config.experts.get(layer)).not.toContain(expert);
    expect(() => selectRandomExperts(config, 3, { random, mayRepeat: false })).toThrow(
      /layer 1 must have 2 experts to draw, got 1/,
    );
    expect(() => selectRandomExperts(config, new Map(), { random })).toThrow(
      expect.objectContaining({ code: "ERR_MISSING" }),
    );
  });
});

describe("adapterSize", () => {
  it("counts one routed expert in all 26 layers of V2-Lite as 224.9 M numbers, shared ones as 450 M", () => {
    const experts = new Map(Array.from({ length: 26 }, (_, i) => [i + 1, [5]]));
    const config = { experts, sharedExperts: true, nonExpertModules: false };
    const size = adapterSize(config, { hiddenSize: 2048, expertSize: 1408, nShared: 2 });
    expect(size.routedParameters).toBe(3 * 2048 * 1408 * 26);
    expect(size.routedParameters / 1e6).toBeCloseTo(224.9, 1);
    expect(size.sharedParameters / 1e6).toBeCloseTo(449.8, 1);
    expect(size.storedBytes).toBe(2 * (size.routedParameters + size.sharedParameters));
    expect(size.trainingBytes).toBe(6 * size.storedBytes);
  });
});
