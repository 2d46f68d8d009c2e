import { describe, expect, it } from "vitest";
import { shepherdSettings } from "../recipe";
import { bestOf, grids } from "../tuning";

describe("the rates of reward models", () => {
  const { rewardRates } = shepherdSettings.full.verification;

  it.each(Object.entries(grids))("of kind %s are the best of three or more", (kind, grid) => {
    const rates = grid.map(([rate]) => rate);
    expect(rates.length).toBeGreaterThanOrEqual(3);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    expect(rewardRates).toHaveProperty([kind], bestOf(grid));
  });

  it("cover both kinds, and none stands at the end of its grid", () => {
    expect(Object.keys(grids).sort()).toEqual(Object.keys(rewardRates).sort());
    for (const grid of Object.values(grids))
      expect([grid[0]![0], grid.at(-1)![0]]).not.toContain(bestOf(grid));
  });

  it("are those of the least loss", () => {
    const grid = [
      [1, 3],
      [2, 2],
      [4, 2.5],
    ] as const;
    expect(bestOf(grid)).toBe(2);
  });
});
