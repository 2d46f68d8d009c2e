import { confidenceInterval, estimate, pairedDifference, seedsNeeded } from "@deepgrain/lab";
import type {} from "@deepgrain/vitest/allclose";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

// Student 1908, "The probable error of a mean": hours of sleep gained with two drugs. R's t.test(..., paired = TRUE) gives
// t = -4.0621, df = 9, p = 0.002833, and the interval -2.4598858 to -0.7001142.
const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
  minLength: 3,
  maxLength: 12,
});

describe("an estimate", () => {
  it("is the mean with s/√n", () => {
    // Squares of the deviations: 4 + 0 + 4 = 8; s = 2; standard error 2/√3.
    const { mean, standardError, seeds } = estimate([1, 3, 5]);
    expect([mean, standardError!, seeds]).toBeAllclose([3, 2 / Math.sqrt(3), 3], { rtol: 1e-15 });
  });

  it("has the 95 % interval of Student's t", () => {
    // t(0.975, 2) = 4.302653 times 2/√3.
    const { interval } = estimate([1, 3, 5]);
    expect(interval).toBeAllclose([3 - 4.968275, 3 + 4.968275], { rtol: 1e-6 });
  });

  it("has no standard error for one seed", () => {
    expect(estimate([7])).toEqual({ mean: 7, standardError: null, seeds: 1, interval: null });
  });

  it("refuses no values, and names one that is not finite", () => {
    expect(() => estimate([])).toThrow("there are no values");
    expect(() => estimate([1, Number.NaN])).toThrow("value 1 is NaN");
  });
});

describe("a paired difference", () => {
  it("agrees with Student's sleep data", () => {
    const { mean, interval, p, seeds } = pairedDifference(first, second);
    expect([mean, ...interval!]).toBeAllclose([1.58, 0.7001142, 2.4598858], { rtol: 1e-7 });
    expect(p).toBeCloseTo(0.002833, 6);
    expect(seeds).toBe(10);
  });

  it("agrees with the closed form for three seeds", () => {
    // Differences 1, 2, 3: mean 2, standard error 1/√3, t = √12; with 2 degrees of freedom p = 1 − t/√(2 + t²).
    const { mean, interval, p } = pairedDifference([1, 2, 3], [2, 4, 6]);
    expect(mean).toBe(2);
    expect(p).toBeCloseTo(1 - Math.sqrt(12 / 14), 7);
    const half = 4.302652729911275 / Math.sqrt(3);
    expect(interval!).toBeAllclose([2 - half, 2 + half], { rtol: 1e-7 });
  });

  it("says nothing of the spread for one seed", () => {
    expect(pairedDifference([1], [3])).toEqual({
      mean: 2,
      standardError: null,
      seeds: 1,
      interval: null,
      p: null,
    });
  });

  it("tells nothing without spread, rounding apart, and with two seeds", () => {
    const nothing = { standardError: 0, interval: null, p: null };
    expect(pairedDifference([1, 2, 3], [2, 3, 4])).toMatchObject({ mean: 1, ...nothing });
    expect(pairedDifference([1, 2, 3], [1, 2, 3])).toMatchObject({ mean: 0, ...nothing });
    expect(pairedDifference([0.1, 0.7, 1.3], [0.3, 0.9, 1.5])).toMatchObject(nothing);
    const two = pairedDifference([1, 2], [2, 4]);
    expect(two.p).toBeNull();
    expect(two.interval![0]).toBeLessThan(0);
  });

  it("has p below 0.05 exactly where the 95 % interval excludes 0", () => {
    fc.assert(
      fc.property(values, (differences) => {
        const { interval, p, mean } = pairedDifference(
          differences.map(() => 0),
          differences,
        );
        fc.pre(p !== null && Math.abs(p - 0.05) > 1e-6 && mean !== 0);
        expect(p! < 0.05).toBe(interval![0] > 0 || interval![1] < 0);
      }),
    );
  });

  it("refuses lists of different lengths", () => {
    expect(() => pairedDifference([1, 2], [1])).toThrow("cannot pair 2 values with 1");
  });
});

describe("the interval of a mean", () => {
  it("is wider for more confidence", () => {
    const own = estimate([1, 2, 4]);
    const width = (confidence: number) => {
      const [low, high] = confidenceInterval(own, confidence)!;
      return high - low;
    };
    expect(width(0.9)).toBeLessThan(width(0.95));
    expect(() => confidenceInterval(own, 1)).toThrow(
      "confidence must be a finite number above 0 and below 1",
    );
  });
});

describe("the seeds needed", () => {
  it("are as many as would exclude 0 at the same mean and spread", () => {
    // s = 1, mean 1: t(0.975, n − 1)/√n < 1 first at n = 7 (2.447/2.646); at n = 6 it is 2.571/2.449.
    expect(seedsNeeded({ mean: 1, standardError: 1 / Math.sqrt(3), seeds: 3 })).toBe(7);
  });

  it("are unknown for one seed, no difference, or more than 1000", () => {
    expect(seedsNeeded({ mean: 1, standardError: null, seeds: 1 })).toBeNull();
    expect(seedsNeeded({ mean: 0, standardError: 1, seeds: 3 })).toBeNull();
    expect(seedsNeeded({ mean: 0.001, standardError: 1, seeds: 3 })).toBeNull();
  });
});
