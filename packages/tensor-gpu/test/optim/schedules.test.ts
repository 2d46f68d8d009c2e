import { describe, expect, it } from "vitest";
import { optim } from "../../src";
import { thrownBy } from "../support/thrown-by";

const at = (schedule: optim.Schedule, steps: number[]) => steps.map(schedule);

describe("cosineRestartsSchedule", () => {
  it("starts again after t0 steps, then after tMult times as many", () => {
    const schedule = optim.cosineRestartsSchedule({ peak: 2, floor: 1, t0: 2, tMult: 3 });
    // Cycles of 2, 6 and 18 steps: from 0, from 2, from 8.
    expect(at(schedule, [0, 1, 2, 5, 8, 17])).toBeAllclose([2, 1.5, 2, 1.5, 2, 1.5]);
    expect(schedule(26)).toBe(2);
    expect(schedule(4)).toBeCloseTo(1.5 + 0.5 * Math.cos(Math.PI / 3));
  });

  it("keeps its cycle with tMult 1, after the warm-up", () => {
    const schedule = optim.cosineRestartsSchedule({ peak: 1, warmup: 4, t0: 10 });
    expect(at(schedule, [1, 4, 9, 14, 19, 1004])).toBeAllclose([0.25, 1, 0.5, 1, 0.5, 1]);
  });

  it("refuses cycles that are not whole numbers, and steps that are none", () => {
    for (const options of [{ t0: 0 }, { t0: 2.5 }, { t0: 2, tMult: 0.5 }])
      expect(thrownBy(() => optim.cosineRestartsSchedule({ peak: 1, ...options }))).toMatchObject({
        code: "ERR_RANGE",
      });
    const schedule = optim.cosineRestartsSchedule({ peak: 1, t0: 1, tMult: 2 });
    expect(thrownBy(() => schedule(Infinity))).toMatchObject({ code: "ERR_RANGE" });
  });
});

describe("polynomialSchedule", () => {
  it("falls by a power of what is left, then stays", () => {
    const square = optim.polynomialSchedule({ peak: 3, floor: 1, total: 4, power: 2 });
    expect(at(square, [0, 1, 2, 4, 9])).toBeAllclose([3, 1 + 2 * 0.5625, 1.5, 1, 1]);
  });

  it("is a straight line by default, after the warm-up", () => {
    const line = optim.polynomialSchedule({ peak: 1, warmup: 2, total: 6 });
    expect(at(line, [1, 2, 3, 5, 6])).toBeAllclose([0.5, 1, 0.75, 0.25, 0]);
    expect(
      thrownBy(() => optim.polynomialSchedule({ peak: 1, total: 4, power: -1 })),
    ).toMatchObject({ code: "ERR_RANGE" });
  });
});
