import { expect, it } from "vitest";
import { logTicks, shorten, tickText, wholeTicks } from "../../src/pages";

it.each([
  [0.01, "0.01"],
  [0.1, "0.1"],
  [0, "0"],
  [-0.5, "−0.5"],
  [1, "1"],
  [2500, "2500"],
  [10_000, "10k"],
  [12_500, "12.5k"],
  [3e6, "3M"],
  [2e9, "2G"],
  [1e-7, "1e−7"],
  [1e15, "1e15"],
  [0.30000000000000004, "0.3"],
])("writes %s beside an axis as %s", (x, text) => {
  expect(tickText(x)).toBe(text);
});

it("names every whole number that lies between the first and the last, if they are few", () => {
  expect(wholeTicks([0, 1, 3])).toEqual([0, 1, 2, 3]);
  expect(wholeTicks([0, 0.5, 3])).toBeUndefined();
  expect(wholeTicks([0, 400])).toBeUndefined();
  expect(wholeTicks([])).toBeUndefined();
  expect(wholeTicks([1, 8], 7)).toBeUndefined();
});

it("spreads the ticks of a logarithmic axis over what lies on it", () => {
  expect(logTicks([1, 2, 4, 8, 16, 32], 8)).toEqual([1, 2, 4, 8, 16, 32]);
  expect(logTicks([16, 4, 4, 1, 8, 2], 4)).toEqual([1, 4, 16]);
  expect(logTicks([0.00112, 0.016], 8)).toEqual([0.002, 0.005, 0.01]);
  expect(logTicks([1.01, 64.3], 4)).toEqual([1, 3, 10, 30]);
  expect(logTicks([1001, 1e9], 4)).toEqual([1e3, 1e5, 1e7, 1e9]);
  expect(logTicks([1.001, 1.19], 4)).toEqual([1.05, 1.1, 1.15]);
  expect(logTicks([101, 450], 4)).toEqual([200, 300, 400]);
  expect([logTicks([7], 4), logTicks([0], 4), logTicks([], 4)]).toEqual([
    [7],
    undefined,
    undefined,
  ]);
});

it("shortens a name in its middle, so that names with one beginning stay apart", () => {
  expect(shorten("Balance-Marking, n-gram", 16)).toBe("Balance-Ma…-gram");
  expect(shorten("short", 16)).toBe("short");
});
