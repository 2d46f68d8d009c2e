import { describe, expect, it } from "vitest";
import { EQUAL_MARK } from "../claims";
import { gains } from "../gate";
import { esftSettings, ratios } from "../recipe";
import { bestOf, rankGrid, rateGrids, thresholdGrid } from "../tuning";

describe("the recipe", () => {
  it.each(ratios)("has the ratio $name that its settings give", ({ of, ours }) => {
    expect(of(esftSettings.full)).toBeCloseTo(ours, 3);
  });
});

describe("what was chosen", () => {
  it("is the value of the highest mark, and not at the end of its grid", () => {
    const { rates, tokenP, loraRank, leftOut } = esftSettings.full;
    for (const [id, grid] of Object.entries(rateGrids)) {
      expect(grid.length).toBeGreaterThanOrEqual(3);
      expect(rates).toHaveProperty([id, "main"], bestOf(grid));
      expect([grid[0]![0], grid.at(-1)![0]]).not.toContain(bestOf(grid));
    }
    for (const [grid, own] of [
      [thresholdGrid, tokenP],
      [rankGrid, loraRank],
    ] as const) {
      expect(grid.length).toBeGreaterThanOrEqual(3);
      expect(bestOf(grid)).toBe(own);
      // A higher rank would train more weights than there are.
      if (grid !== rankGrid) expect([grid[0]![0], grid.at(-1)![0]]).not.toContain(own);
    }
    const trained = Object.keys(rates).filter((id) => !leftOut.includes(id));
    expect(Object.keys(rateGrids).sort()).toEqual(trained.sort());
  });

  it("counts a tenth of what full fine-tuning gained at the gate as equal", () => {
    const mean = Object.values(gains).reduce((sum, gain) => sum + gain, 0) / 4;
    expect(EQUAL_MARK).toBeCloseTo(mean / 10, 1);
  });
});
