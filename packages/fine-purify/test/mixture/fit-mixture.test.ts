import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { posterior, seededRandom } from "../../src";
import { fitMixture } from "../../src/mixture/fit-mixture";

/** k·z², z standard normal: Gamma(½, 2k). */
function draws(count: number, k: number, seed: number): number[] {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, () => k * normal() ** 2);
}

describe("fitMixture", () => {
  it("splits at ρ: each scale is the mean of its side", () => {
    const fitted = fitMixture({ values: [1, 1, 10, 30] }, { rho: 0.5, cap: 1 });
    expect(fitted).toEqual({ pi: 0.5, kClean: 1, kPoison: 20 });
    const counted = fitMixture({ values: [1, 10, 30], counts: [2, 1, 1] }, { rho: 0.5, cap: 1 });
    expect(counted).toEqual(fitted);
  });

  it("caps the tail before it takes means", () => {
    const values = [...Array.from({ length: 99 }, () => 1), 1e9];
    expect(() => fitMixture({ values }, { rho: 0.5, cap: 0.99 })).toThrow(/no separation/);
  });

  it("recovers share and scales by expectation maximisation", () => {
    const values = [...draws(8000, 1, 1), ...draws(2000, 400, 2)].sort((a, b) => a - b);
    const { pi, kClean, kPoison } = fitMixture({ values }, { rho: 0.5, em: true, cap: 1 });
    expect(Math.abs(pi - 0.8)).toBeLessThan(0.03);
    expect(Math.abs(kClean - 1)).toBeLessThan(0.1);
    expect(Math.abs(kPoison / 400 - 1)).toBeLessThan(0.15);
  });

  it.each([
    ["one value", { values: [1] }, {}, "ERR_DATA"],
    ["a share of 1", { values: [1, 2] }, { rho: 1 }, "ERR_RANGE"],
    ["equal values", { values: [1, 1, 1] }, {}, "ERR_NO_SEPARATION"],
  ])("refuses %s", (_, ranked, options, code) => {
    expect(() => fitMixture(ranked, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe("posterior", () => {
  it("is the ratio of the two densities, weighed by their shares", () => {
    const mixture = { pi: 0.7, kClean: 2, kPoison: 50 };
    const density = (r: number, k: number) =>
      Math.exp(-r / (2 * k)) / Math.sqrt(2 * Math.PI * k * r);
    for (const r of [0.1, 3, 12]) {
      const [clean, poison] = [0.7 * density(r, 2), 0.3 * density(r, 50)];
      expect(posterior(r, mixture)).toBeCloseTo(clean / (clean + poison), 10);
    }
  });

  it("falls with r, and stays finite at the ends", () => {
    const scale = fc.double({ min: 1e-30, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        scale,
        fc.double({ min: 2, max: 1e8, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (kClean, ratio, pi) => {
          const mixture = { pi, kClean, kPoison: kClean * ratio };
          const values = [0, kClean / 10, kClean, 10 * kClean, 1e4 * kClean, Infinity].map((r) =>
            posterior(r, mixture),
          );
          for (const [i, value] of values.entries())
            expect(value).toBeLessThanOrEqual(values[i - 1] ?? 1);
          expect(values.at(-1)).toBe(0);
        },
      ),
    );
    expect([
      posterior(0, { pi: 0.5, kClean: 0, kPoison: 1 }),
      posterior(1, { pi: 0.5, kClean: 0, kPoison: 1 }),
    ]).toEqual([1, 0]);
    expect([
      posterior(9, { pi: 1, kClean: 1, kPoison: 9 }),
      posterior(9, { pi: 0, kClean: 1, kPoison: 9 }),
    ]).toEqual([1, 0]);
  });
});
