import { describe, expect, it } from "vitest";
import { searchRho } from "../../src";

const evaluate = async (rho: number) => ({ accuracy: rho * rho, result: `at ${rho}` });

describe("searchRho", () => {
  it("takes the smallest ratio that keeps the accuracy, and tries no more", async () => {
    const found = await searchRho({ threshold: 0.25, grid: [1, 0.5, 0.2], evaluate });
    expect(found).toMatchObject({ rho: 0.5, accuracy: 0.25, result: "at 0.5", reached: true });
    expect(found.tried.map(({ rho }) => rho)).toEqual([0.2, 0.5]);
  });

  it("tries all for a curve, and marks a threshold that none reached", async () => {
    const found = await searchRho({ threshold: 2, grid: [0.1, 0.9], evaluate, tryAll: true });
    expect(found).toMatchObject({ rho: 0.9, reached: false });
    expect(found.tried).toHaveLength(2);
  });

  it("refuses empty grids and ratios outside of 0 to 1", async () => {
    for (const grid of [[], [0.5, 1.1]])
      await expect(searchRho({ threshold: 0, grid, evaluate })).rejects.toMatchObject({
        code: "ERR_RANGE",
      });
  });
});
