import { describe, expect, it } from "vitest";
import { accuracyInterval, pairedAnswers } from "../../src";

describe("accuracyInterval", () => {
  it("gives Wilson's interval", () => {
    const { share, low, high } = accuracyInterval([1, 1, 1, 0]);
    expect([share, low, high]).toEqual([
      0.75,
      expect.closeTo(0.3006, 4),
      expect.closeTo(0.9544, 4),
    ]);
  });

  it("stays within 0 and 1 where all or none are right", () => {
    expect(accuracyInterval([0, 0])).toMatchObject({ share: 0, low: 0 });
    expect(accuracyInterval([1, 1])).toMatchObject({ share: 1, high: 1 });
  });
});

describe("pairedAnswers", () => {
  it("counts the questions that only one answers right, and tests them by the binomial distribution", () => {
    const first = [1, 1, 1, 1, 1, 0, 0];
    const second = [0, 0, 0, 0, 0, 1, 0];
    // 6 questions differ, at most one of them against the other five: 2 · (1 + 6) / 2⁶
    expect(pairedAnswers(first, second)).toEqual({
      onlyFirst: 5,
      onlySecond: 1,
      p: expect.closeTo(14 / 64, 12),
    });
  });

  it("sees no difference between equal answers", () => {
    expect(pairedAnswers([1, 0], [1, 0]).p).toBe(1);
  });
});
