import { describe, expect, it } from "vitest";
import { comparisonSettings } from "../recipe";
import { atGridEnd, bestOf, grids } from "../tuning";

describe("the rates", () => {
  it.each(Object.entries(grids))(
    "of %s are the best of three or more, a factor 2 apart",
    (id, grid) => {
      const rates = grid.map(([rate]) => rate);
      expect(rates.length).toBeGreaterThanOrEqual(3);
      for (const [i, rate] of rates.entries())
        if (i > 0) expect(rate / rates[i - 1]!).toBeCloseTo(2, 12);
      expect(comparisonSettings.full.rates).toHaveProperty([id], bestOf(grid));
    },
  );

  it("cover every method that has its own, and none stands at the end of its grid", () => {
    expect(Object.keys(grids).sort()).toEqual(Object.keys(comparisonSettings.full.rates).sort());
    expect(atGridEnd).toBe(0);
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
