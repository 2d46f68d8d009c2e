import { describe, expect, it } from "vitest";
import { busiestQuarter, sharedExperts } from "../../src/start/report/sections/routing";
import type { TextUse } from "../../src/start/stages/score-stage";

const use = (name: TextUse["name"], row: number[], again = row): TextUse => ({
  name,
  shares: { 1: row, 2: row },
  again: { 1: again, 2: again },
  tokens: 100,
});

const prose = use("prose", [0.4, 0.3, 0.2, 0.1, 0, 0, 0, 0], [0.4, 0, 0.3, 0.2, 0.1, 0, 0, 0]);
const code = use("code", [0, 0.3, 0, 0, 0, 0.1, 0.2, 0.4]);

describe("the maps' numbers", () => {
  it("count the best experts that two texts share, and on the diagonal those of two samples", () => {
    expect(sharedExperts([prose, code], 2)).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  it("give the share of the busiest quarter of the experts", () => {
    expect(busiestQuarter(prose, 8)).toBeCloseTo(0.7, 12);
    expect(busiestQuarter(code, 8)).toBeCloseTo(0.7, 12);
  });
});
