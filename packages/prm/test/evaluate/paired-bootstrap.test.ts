import { describe, expect, it } from "vitest";
import { pairedBootstrap } from "../../src/evaluate/paired-bootstrap";
import { seededRandom } from "../../src/random/seeds";

describe("pairedBootstrap", () => {
  it("has no width where every problem and seed differ alike", () => {
    const lower = [
      [0, 0.5, 1],
      [0.25, 0, 0],
    ];
    const higher = lower.map((row) => row.map((x) => x + 0.5));
    expect(pairedBootstrap(lower, higher)).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  });

  it("is as wide as both problems and seeds make it", () => {
    const random = seededRandom(1);
    const zeros = Array.from({ length: 5 }, () => new Array<number>(400).fill(0));
    const width = (rows: number[][]) => {
      const { low, high, mean } = pairedBootstrap(zeros, rows);
      expect(low).toBeLessThanOrEqual(mean);
      expect(high).toBeGreaterThanOrEqual(mean);
      return high - low;
    };
    const noise = zeros.map((row) => row.map(() => random()));
    const byProblem = zeros.map((row) => row.map((_, i) => (i % 2 ? 1 : 0)));
    const bySeed = zeros.map((row, seed) => row.map(() => seed / 4));
    // sd/√(5 · 400), sd/√400 and sd/√5 of a uniform, a half-half and an even spread, four standard errors wide
    expect(width(noise)).toBeLessThan(0.045);
    expect(width(byProblem)).toBeGreaterThan(0.07);
    expect(width(byProblem)).toBeLessThan(0.12);
    expect(width(bySeed)).toBeGreaterThan(0.4);
  });

  it("refuses sides that do not fit together", () => {
    expect(() => pairedBootstrap([[1]], [[1], [0]])).toThrow(/same seeds/);
    expect(() => pairedBootstrap([[1, 0]], [[1]])).toThrow(/same problems/);
    expect(() => pairedBootstrap([], [])).toThrow(/at least one/);
    expect(() => pairedBootstrap([[1]], [[1]], { bootstraps: 0 })).toThrow(/bootstraps/);
  });
});
