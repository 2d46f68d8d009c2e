import { detectableDifference, powerOf } from "@deepgrain/lab";
import { expect, it } from "vitest";
import { coinTail } from "../../src/statistics/sign-test";

it("agrees with noncentral t, computed elsewhere", () => {
  // R: 1 - pt(qt(1 - 0.05/(2*5), 7), 7, ncp = 1.5*sqrt(8)) and so on.
  expect(powerOf(1.5, { seeds: 8, claims: 5 })).toBeCloseTo(0.74, 2);
  expect(powerOf(1.5, { seeds: 5, claims: 5 })).toBeCloseTo(0.31, 2);
  expect(powerOf(2, { seeds: 5, claims: 67 })).toBeCloseTo(0.09, 2);
});

it("is half the level without an effect", () => {
  expect(powerOf(0, { seeds: 6 })).toBeCloseTo(0.025, 6);
});

it("finds the difference that is found in 80 of 100 cases", () => {
  for (const seeds of [3, 5, 8, 20]) {
    const found = detectableDifference({ seeds, claims: 4 });
    expect(powerOf(found, { seeds, claims: 4 })).toBeCloseTo(0.8, 2);
  }
  // Tables of the paired t-test: ten pairs find a difference of one standard deviation at 5 % with a power of 0.80.
  expect(detectableDifference({ seeds: 10 })).toBeCloseTo(1, 2);
});

it("refuses two seeds, no claims and effects below 0", () => {
  expect(() => detectableDifference({ seeds: 2 })).toThrow("seeds must be");
  expect(() => detectableDifference({ seeds: 5, claims: 0 })).toThrow("claims must be");
  expect(() => powerOf(-1, { seeds: 5 })).toThrow("effect must be");
});

it("counts coins: three or more heads of five are 16 of 32 ways", () => {
  expect([coinTail(3, 5), coinTail(5, 5), coinTail(0, 5)]).toEqual([0.5, 1 / 32, 1]);
});
