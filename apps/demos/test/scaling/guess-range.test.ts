import { describe, expect, it } from "vitest";
import { guessRange, guessStart } from "../../src/scaling/guess-range";
import type { RecordedScaling } from "../../src/scaling/recorded";
import { readRecorded } from "../../src/site/read-recorded";

describe("the losses that can be foretold", () => {
  it("go from the best one down by what all budgets have gained", () => {
    const optima = [3.25, 2.9, 2.71].map((loss, i) => ({ flops: 10 ** i, loss }));
    expect(guessRange({ optima })).toEqual({ from: 2.17, to: 2.71 });
    expect(guessStart({ optima })).toBe(2.71);
  });

  it("hold what was measured and what the law said, neither of them at an end", () => {
    const { look } = readRecorded<RecordedScaling>("scaling");
    const { from, to } = guessRange(look);
    const { measured, predicted } = look.forecasts.find(({ isLarger }) => isLarger)!;
    for (const loss of [measured, predicted.value]) {
      expect(loss).toBeGreaterThan(from + 0.1);
      expect(loss).toBeLessThan(to - 0.1);
    }
  });
});
