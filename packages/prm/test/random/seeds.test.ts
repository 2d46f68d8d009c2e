import { describe, expect, it } from "vitest";
import { completionSeed, hashText, seededRandom } from "../../src/random/seeds";

describe("seeds", () => {
  it("differ by run, solution, step and index, and fit 31 bits", () => {
    const seeds = new Set<number>();
    for (const run of [0, 1])
      for (const id of ["a", "b", "ki", "ки"])
        for (let step = 0; step < 8; step++)
          for (let index = 0; index < 8; index++) {
            const seed = completionSeed(run, id, step, index);
            expect(seed).toBeGreaterThanOrEqual(0);
            expect(seed).toBeLessThan(2 ** 31);
            seeds.add(seed);
          }
    expect(seeds.size).toBe(2 * 4 * 64);
    expect(completionSeed(1, "a", 2, 3)).toBe(completionSeed(1, "a", 2, 3));
  });

  it("give uniform numbers", () => {
    const random = seededRandom(hashText("x"));
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[Math.floor(random() * 10)]!++;
    const chi = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chi).toBeLessThan(27.9); // 0.1 % quantile with 9 degrees of freedom
  });
});
