import { describe, expect, it } from "vitest";
import { costAt } from "../../src";

describe("costAt", () => {
  const points = [
    { score: 0, cost: 0 },
    { score: 0.4, cost: 0.1 },
    { score: 0.8, cost: 0.5 },
    { score: 0.7, cost: 0.9 },
  ];

  it("reads the cost off the line on which the score is first reached", () => {
    expect(costAt(0.6, points)).toBeCloseTo(0.3, 12);
    expect(costAt(0.2, points)).toBeCloseTo(0.05, 12);
    expect(costAt(0.8, points)).toBeCloseTo(0.5, 12);
  });

  it("knows none where the score is not reached, and the first point's where that has it", () => {
    expect(costAt(0.9, points)).toBeNull();
    expect(costAt(0, points)).toBe(0);
  });
});
