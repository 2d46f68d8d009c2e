import type {} from "@deepgrain/vitest/allclose";
import { describe, expect, it } from "vitest";
import { tQuantile, tTail } from "../../src/statistics/student-t";

describe("Student's t", () => {
  it.each([
    [1, 12.7062047],
    [2, 4.30265273],
    [4, 2.77644511],
    [9, 2.26215716],
    [30, 2.04227246],
    [100, 1.98397152],
  ])(
    "has the tabulated two-sided 5-percent point of %d degrees of freedom",
    (freedom, quantile) => {
      expect([tQuantile(0.975, freedom)]).toBeAllclose([quantile], { rtol: 1e-7 });
    },
  );

  it("has the closed tail for 1 and 2 degrees of freedom", () => {
    expect(tTail(1, 1)).toBeCloseTo(0.25, 8); // 1/2 − arctan(1)/π
    expect(tTail(2, 2)).toBeCloseTo((1 - 2 / Math.sqrt(6)) / 2, 8);
    expect(tTail(-2, 2)).toBeCloseTo((1 + 2 / Math.sqrt(6)) / 2, 8);
    expect([tTail(Number.POSITIVE_INFINITY, 3), tTail(Number.NEGATIVE_INFINITY, 3)]).toEqual([
      0, 1,
    ]);
  });
});
