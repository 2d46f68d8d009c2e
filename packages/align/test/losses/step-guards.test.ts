import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guardStepRewards } from "../../src";

const scores = [0.9, 0.6, 0.8];
const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
const rounded = (numbers: readonly number[]) => numbers.map((x) => Number(x.toFixed(6)));

describe("guardStepRewards", () => {
  it("leaves scores as they are by default", () => {
    expect(guardStepRewards(scores)).toEqual(scores);
  });

  it.each([
    ["centred", [0.4, 0.1, 0.3]],
    ["difference", [0.9, -0.3, 0.2]],
    ["min", [0.9, -0.3, 0]],
  ] as const)("gives the rewards of %s", (credit, wanted) => {
    expect(rounded(guardStepRewards(scores, { credit }))).toEqual(wanted);
  });

  it("sums to the last score with difference, to the lowest with min, for any scores", () => {
    const any = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(any, (drawn) => {
        const total = (credit: "difference" | "min") => sum(guardStepRewards(drawn, { credit }));
        expect(total("difference")).toBeCloseTo(drawn.at(-1)!, 9);
        expect(total("min")).toBeCloseTo(Math.min(...drawn), 9);
      }),
    );
  });

  it("does not pay for a further step of score one half when centred", () => {
    const more = sum(guardStepRewards([...scores, 0.5], { credit: "centred" }));
    expect(more).toBeCloseTo(sum(guardStepRewards(scores, { credit: "centred" })), 9);
  });

  it("pays nothing beyond the steps that are allowed, and takes the penalty for repeats", () => {
    expect(guardStepRewards(scores, { maxSteps: 2 })).toEqual([0.9, 0.6, 0]);
    const options = { repeatPenalty: 1, steps: ["a", "b", "a"] };
    expect(rounded(guardStepRewards(scores, options))).toEqual([0.9, 0.6, -0.2]);
  });

  it.each([
    ["a score that is NaN", [Number.NaN], {}, "ERR_NOT_FINITE"],
    ["no steps at all to allow", scores, { maxSteps: 0 }, "ERR_RANGE"],
    ["an unknown credit", scores, { credit: "all" as never }, "ERR_ARGUMENT"],
    ["a penalty without the steps", scores, { repeatPenalty: 1 }, "ERR_ARGUMENT"],
  ] as const)("refuses %s", (_, given, options, code) => {
    expect(() => guardStepRewards(given, options)).toThrow(expect.objectContaining({ code }));
  });
});
