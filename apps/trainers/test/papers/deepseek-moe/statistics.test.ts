import { describe, expect, it } from "vitest";
import {
  estimate,
  isResolved,
  pairedDifference,
  seedsNeeded,
} from "../../../src/experiments/judging/paired-statistics";

describe("estimate", () => {
  it("gives mean and standard error of the mean", () => {
    // Deviations −1, 0, 1: s = 1, s/√3.
    expect(estimate([1, 2, 3])).toEqual({ mean: 2, standardError: Math.sqrt(1 / 3), seeds: 3 });
  });

  it("has no standard error for one seed, and refuses none", () => {
    expect(estimate([5])).toEqual({ mean: 5, standardError: null, seeds: 1 });
    expect(() => estimate([])).toThrow(RangeError);
  });
});

describe("pairedDifference", () => {
  it("takes the spread of the differences, not of the values", () => {
    // Seeds lie far apart, but each pair differs by 0.1, 0.2, 0.3.
    const { mean, standardError, interval } = pairedDifference([1, 5, 9], [1.1, 5.2, 9.3]);
    expect(mean).toBeCloseTo(0.2, 12);
    expect(standardError).toBeCloseTo(0.1 / Math.sqrt(3), 12);
    // t(0.975, 2) = 4.303
    expect(interval![0]).toBeCloseTo(0.2 - (4.303 * 0.1) / Math.sqrt(3), 12);
    expect(interval![1]).toBeCloseTo(0.2 + (4.303 * 0.1) / Math.sqrt(3), 12);
  });

  it("is resolved exactly when the interval excludes 0", () => {
    expect(isResolved(pairedDifference([1, 5, 9], [1.1, 5.2, 9.3]))).toBe(false);
    expect(isResolved(pairedDifference([1, 5, 9], [1.19, 5.2, 9.21]))).toBe(true);
    expect(isResolved(pairedDifference([1.19, 5.2, 9.21], [1, 5, 9]))).toBe(true);
  });

  it("resolves nothing with one seed, and refuses lists that do not pair", () => {
    expect(pairedDifference([1], [2])).toMatchObject({ mean: 1, interval: null });
    expect(isResolved(pairedDifference([1], [2]))).toBe(false);
    expect(() => pairedDifference([1, 2], [1])).toThrow("cannot pair 2 values with 1");
  });
});

describe("seedsNeeded", () => {
  it("finds the first number of seeds whose interval would exclude 0", () => {
    // s = 0.1, mean 0.2: t·0.1/√n is 0.898, 0.248, 0.159 for n = 2, 3, 4.
    expect(seedsNeeded(pairedDifference([1, 5, 9], [1.1, 5.2, 9.3]))).toBe(4);
  });

  it("knows nothing from one seed or without a difference", () => {
    expect(seedsNeeded(pairedDifference([1], [2]))).toBeNull();
    expect(seedsNeeded(pairedDifference([1, 2], [2, 1]))).toBeNull();
  });
});
