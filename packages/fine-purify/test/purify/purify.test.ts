import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { purify } from "../../src";
import { randomPair, vector, weights } from "../support/weights";

const free = { largestDrift: Number.POSITIVE_INFINITY, parts: ["other"] as const };

describe("purify", () => {
  it("returns the fine-tuned weights at ρ = 1 and the initial ones at ρ = 0, bit for bit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom("r", "delta2", "fisher", "random"),
        fc.constantFrom("scalar", "row", "tensor"),
        async (seed, indicator, granularity) => {
          const { init, finetuned, fisher } = randomPair(seed);
          const options = { indicator, granularity, fisher, largestDrift: 9 } as const;
          const kept = await purify(init, finetuned, { ...options, rho: 1 });
          expect(kept.weights).toEqual(finetuned);
          expect(kept.report.purified).toBe(0);
          const reset = await purify(init, finetuned, { ...options, rho: 0 });
          for (const [name, { data }] of reset.weights)
            expect(data).toEqual(
              (name.startsWith("classifier") ? finetuned : init).get(name)!.data,
            );
        },
      ),
      { numRuns: 30 },
    );
  });

  it("resets the weights that moved most for their curvature", async () => {
    const init = vector(1, 1, 1, 1);
    const finetuned = vector(1.1, 1.1, 1.2, 1);
    const fisher = vector(1, 0.01, 1, 0); // r = 0.01, 1, 0.04, 0
    const { weights: own, report } = await purify(init, finetuned, {
      ...free,
      fisher,
      relativeEpsilon: 0,
      rho: 0.75,
    });
    const [a, b, c, d] = [...own.get("w")!.data];
    expect([a, b, c, d]).toEqual([Math.fround(1.1), 1, Math.fround(1.2), 1]);
    expect(report.tensors).toEqual([{ name: "w", part: "other", size: 4, purified: 0.25 }]);
    const byDrift = await purify(init, finetuned, { ...free, indicator: "delta2", rho: 0.75 });
    expect([...byDrift.weights.get("w")!.data]).toEqual([Math.fround(1.1), Math.fround(1.1), 1, 1]);
    const byFisher = await purify(init, finetuned, {
      ...free,
      indicator: "fisher",
      fisher,
      rho: 0.5,
    });
    expect([...byFisher.weights.get("w")!.data]).toEqual([
      Math.fround(1.1),
      1,
      Math.fround(1.2),
      1,
    ]);
  });

  it("resets weights that moved without curvature first, and never counts those that did not move", async () => {
    const { weights: own } = await purify(vector(1, 1, 1), vector(1.5, 1.01, 1), {
      ...free,
      fisher: vector(4, 0, 0),
      relativeEpsilon: 0,
      rho: 0.67,
    });
    expect([...own.get("w")!.data]).toEqual([1.5, 1, 1]);
  });

  it("keeps exactly round(ρ·n) weights, of ties the first", async () => {
    const init = vector(0, 0, 0, 0, 0);
    const { weights: own } = await purify(init, vector(1, 1, 1, 1, 1), {
      ...free,
      indicator: "delta2",
      rho: 0.5,
    });
    expect([...own.get("w")!.data]).toEqual([1, 1, 1, 0, 0]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.float({ noNaN: true, min: -8, max: 8 }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (moves, rho) => {
          const zeros = vector(...moves.map(() => 0));
          const result = await purify(zeros, vector(...moves), {
            ...free,
            indicator: "delta2",
            rho,
          });
          const reset = Math.round(result.report.purified * moves.length);
          expect(reset).toBe(moves.length - Math.round(rho * moves.length));
          const sizes = moves.map((x) => Math.abs(Math.fround(x)));
          const kept = sizes.sort((a, b) => a - b)[Math.round(rho * moves.length) - 1] ?? 0;
          for (const w of result.weights.get("w")!.data)
            expect(Math.abs(w)).toBeLessThanOrEqual(kept);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("averages r over rows or over tensors where asked to", async () => {
    const init = weights({
      w: { shape: [2, 2], data: [0, 0, 0, 0] },
      v: { shape: [2], data: [0, 0] },
    });
    const finetuned = weights({
      w: { shape: [2, 2], data: [1, 5, 2, 2] },
      v: { shape: [2], data: [3, 3] },
    });
    const options = { ...free, indicator: "delta2", rho: 0.5 } as const;
    const rows = await purify(init, finetuned, { ...options, granularity: "row" }); // w: 13, 4; v: 9, 9
    expect([...rows.weights.get("w")!.data, ...rows.weights.get("v")!.data]).toEqual([
      0, 0, 2, 2, 3, 0,
    ]);
    const whole = await purify(init, finetuned, { ...options, granularity: "tensor", rho: 4 / 6 });
    expect([...whole.weights.get("w")!.data, ...whole.weights.get("v")!.data]).toEqual([
      1, 5, 2, 2, 0, 0,
    ]);
  });

  it("draws random masks from the seed, about ρ of the weights", async () => {
    const ones = vector(...Array.from({ length: 2000 }, () => 1));
    const zeros = vector(...Array.from({ length: 2000 }, () => 0));
    const draw = async (seed: number) =>
      (await purify(zeros, ones, { ...free, indicator: "random", rho: 0.7, seed })).weights.get(
        "w",
      )!.data;
    const [a, b, c] = [await draw(1), await draw(1), await draw(2)];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    const share = a.reduce((sum, x) => sum + x, 0) / 2000;
    expect(Math.abs(share - 0.7)).toBeLessThan(0.04);
  });

  it("takes back each drift by its posterior in soft mode", async () => {
    const init = vector(...Array.from({ length: 40 }, () => 1));
    const finetuned = vector(
      ...Array.from({ length: 40 }, (_, i) => 1 + (i < 30 ? 0.01 + i / 1e4 : 0.3)),
    );
    const ones = vector(...Array.from({ length: 40 }, () => 1));
    const { weights: own, report } = await purify(init, finetuned, {
      ...free,
      fisher: ones,
      mode: "soft",
      rho: 0.75,
    });
    const data = own.get("w")!.data;
    expect(data[0]).toBeGreaterThan(1.008);
    expect(data[39]).toBeCloseTo(1, 4);
    expect(report.mixture!.kPoison / report.mixture!.kClean).toBeGreaterThan(2);
    expect(report.histogram!.counts.reduce((a, b) => a + b)).toBe(40);
  });

  it("reports drift, and how drift and curvature go together", async () => {
    const init = vector(1, 2, 4, 8);
    const { report } = await purify(init, vector(1.1, 2.2, 4.4, 8.8), {
      ...free,
      fisher: vector(0.01, 0.04, 0.16, 0.64),
      rho: 0.5,
    });
    expect(report.medianDrift).toBeCloseTo(0.1, 2);
    expect(report.correlation).toBeCloseTo(1, 4);
  });

  it("leaves heads alone unless they are included, also where one checkpoint lacks them", async () => {
    const { init, finetuned } = randomPair(3);
    init.delete("classifier.weight");
    init.set("cls.predictions.bias", { shape: [1], data: Float32Array.of(1) });
    const { weights: own } = await purify(init, finetuned, { indicator: "delta2", rho: 0 });
    expect([...own.keys()]).toEqual([...finetuned.keys()]);
    expect(own.get("classifier.weight")).toBe(finetuned.get("classifier.weight"));
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      "other names",
      () =>
        purify(vector(1), weights({ v: { shape: [1], data: [1] } }), {
          ...free,
          indicator: "random",
        }),
      "ERR_MISMATCH",
    ],
    [
      "other shapes",
      () => purify(vector(1), vector(1, 2), { ...free, rho: 1, indicator: "random" }),
      "ERR_SHAPE",
    ],
    [
      "another base",
      () => purify(vector(1, 2, 3), vector(3, -2, 9), { indicator: "random", parts: ["other"] }),
      "ERR_MISMATCH",
    ],
    [
      "NaN",
      () => purify(vector(1), vector(Number.NaN), { ...free, indicator: "random" }),
      "ERR_NOT_FINITE",
    ],
    ["a ratio above 1", () => purify(vector(1), vector(1), { ...free, rho: 2 }), "ERR_RANGE"],
    ["an ε below 0", () => purify(vector(1), vector(1), { relativeEpsilon: -1 }), "ERR_RANGE"],
    ["r without Fisher values", () => purify(vector(1), vector(1), free), "ERR_ARGUMENT"],
    [
      "a soft random mask",
      () => purify(vector(1), vector(1), { indicator: "random", mode: "soft" }),
      "ERR_ARGUMENT",
    ],
    [
      "too few Fisher values",
      () => purify(vector(1, 2), vector(1, 2), { ...free, fisher: vector(1) }),
      "ERR_SHAPE",
    ],
    [
      "Fisher values below 0",
      () => purify(vector(1), vector(1.1), { ...free, fisher: vector(-1), rho: 0.5 }),
      "ERR_NOT_FINITE",
    ],
    [
      "nothing included",
      () => purify(vector(1), vector(1), { parts: ["mlp"], indicator: "random" }),
      "ERR_MISMATCH",
    ],
  ])("refuses %s", async (_, run, code) => {
    await expect(run()).rejects.toMatchObject({ name: "PurifyError", code });
  });

  it("stops when asked to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(
      purify(vector(1), vector(1), { ...free, indicator: "random", signal }),
    ).rejects.toThrow("enough");
  });
});
