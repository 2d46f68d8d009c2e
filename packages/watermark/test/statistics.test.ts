import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyOf, binomialTail, poissonBinomialTail } from "../src/statistics/binomial";
import { gammaTail, logGamma } from "../src/statistics/gamma";
import { largestCellMass, largestCellTail } from "../src/statistics/largest-cell";
import { normalQuantile, normalTail, tailQuantile } from "../src/statistics/normal";

describe("normal tails", () => {
  it("match tabulated values, far tails included", () => {
    expect([0, 1, 1.96, 4, 12.8749].map(normalTail)).toBeAllclose(
      [0.5, 0.15865525393145707, 0.024997895148220435, 3.167124183311998e-5, 3.116e-38],
      { rtol: 1e-4, atol: 0 },
    );
    expect(normalTail(-1)).toBeCloseTo(0.8413447460685429, 12);
  });

  it("are inverted by the quantiles", () => {
    for (const z of [-3, -0.5, 0.2, 2, 6])
      expect(normalQuantile(1 - normalTail(z))).toBeCloseTo(z, 5);
    expect(tailQuantile(2 ** -20)).toBeCloseTo(4.76, 2);
  });
});

describe("gamma tails", () => {
  it("agree with the Poisson sum for integer shapes", () => {
    for (const n of [1, 3, 20, 200])
      for (const s of [0.5, n * 0.7, n, n * 1.4]) {
        let term = Math.exp(-s);
        let sum = 0;
        for (let k = 0; k < n; k++) {
          sum += term;
          term *= s / (k + 1);
        }
        expect([gammaTail(n, s)]).toBeAllclose([sum], { rtol: 1e-9, atol: 1e-13 });
      }
    expect(gammaTail(3, -1)).toBe(1);
    expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 10);
  });
});

describe("count tails", () => {
  it("are exact for small binomials", () => {
    expect(binomialTail(4, 3, 0.5)).toBeCloseTo(5 / 16, 12);
    expect(binomialTail(4, 0, 0.5)).toBe(1);
    expect(binomialTail(4, 5, 0.5)).toBe(0);
    expect(binomialTail(200, 20, 0.25)).toBeCloseTo(1, 6);
  });

  it("agree between binomial and Poisson-binomial with equal chances", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(120),
        (n, p, k) => {
          expect([poissonBinomialTail(new Float64Array(n).fill(p), k)]).toBeAllclose(
            [binomialTail(n, k, p)],
            { rtol: 1e-8, atol: 1e-12 },
          );
        },
      ),
    );
  });

  it("fall back to the normal for thousands of coins", () => {
    const chances = new Float64Array(3000).fill(0.5);
    expect([poissonBinomialTail(chances, 1550)]).toBeAllclose([binomialTail(3000, 1550, 0.5)], {
      rtol: 0.01,
      atol: 0,
    });
    expect(poissonBinomialTail(new Float64Array(3000), 1)).toBe(0);
  });

  it("combine without cancellation", () => {
    expect(anyOf(1e-18, 2 ** 20)).toBeCloseTo(2 ** 20 * 1e-18, 20);
    expect(anyOf(1, 5)).toBe(1);
  });

  it("know the fullest cell, by hand", () => {
    expect([...largestCellMass(2, 4)]).toBeAllclose([0, 0.75, 0.25]);
    expect([...largestCellMass(3, 2)]).toBeAllclose([0, 0, 0.75, 0.25]);
    expect(largestCellTail(2, 4, 2)).toBeCloseTo(0.25, 12);
    expect([...largestCellMass(0, 4)]).toEqual([1]);
    for (const [total, cells] of [
      [40, 4],
      [300, 4],
      [25, 16],
    ] as const)
      expect(largestCellMass(total, cells).reduce((a, b) => a + b)).toBeCloseTo(1, 8);
    // All of 40 balls in one of four cells: 4 · 4^-40.
    expect([largestCellMass(40, 4)[40]!]).toBeAllclose([4 ** -39], { rtol: 1e-9, atol: 0 });
  });
});
