import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { patience } from "../src/patience";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The second in which a program is ended that uses its budget evenly. @param perSecond share of the budget */
function endOf(perSecond: number): number | undefined {
  let [seconds, ended]: [number, number | undefined] = [0, undefined];
  const stop = patience(
    1000,
    () => perSecond * seconds,
    () => {
      ended = seconds;
    },
  );
  while (seconds < 100) {
    seconds++;
    vi.advanceTimersByTime(1000);
  }
  stop();
  return ended;
}

it("ends a program that uses nothing of its budget after the time that was given", () => {
  expect(endOf(0)).toBe(1);
});

it("waits while a program uses a 25th of its budget in each time, and not longer than 25 times", () => {
  expect(endOf(0.039)).toBe(1);
  expect(endOf(0.041)).toBe(25);
});

it("ends one that stops using it", () => {
  let used = 0.3;
  let ended = false;
  patience(
    1000,
    () => used,
    () => {
      ended = true;
    },
  );
  vi.advanceTimersByTime(7500);
  expect(ended).toBe(false);
  used = 0.31;
  vi.advanceTimersByTime(1000);
  expect(ended).toBe(true);
});

it("ends nothing once it is stopped", () => {
  const end = vi.fn();
  patience(1000, () => 0, end)();
  vi.advanceTimersByTime(5000);
  expect(end).not.toHaveBeenCalled();
});
