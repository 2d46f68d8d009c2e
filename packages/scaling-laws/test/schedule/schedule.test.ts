import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multiStepRate, multiStepStages, stageReuse } from "../../src/index";

describe("multiStepRate", () => {
  it("gives DeepSeekMoE 2B's rates: warm-up 2000, 25,000 steps, peak 1.08e-3", () => {
    const options = { warmup: 2000, steps: 25_000, peak: 1.08e-3 };
    const rates = [0, 1000, 2000, 19_999, 20_000, 22_500, 24_999].map((step) =>
      multiStepRate(step, options),
    );
    expect(rates).toBeAllclose([0, 5.4e-4, 1.08e-3, 1.08e-3, 3.4128e-4, 1.0784e-4, 1.0784e-4], {
      rtol: 1e-4,
    });
  });

  it("takes other splits: V2 falls at 60 % and 90 %", () => {
    const options = { warmup: 0, steps: 1000, peak: 1, split: [0.6, 0.3, 0.1] };
    expect([599, 600, 899, 900].map((step) => multiStepRate(step, options))).toBeAllclose([
      1, 0.316, 0.316, 0.099856,
    ]);
  });

  it("refuses shares that do not sum to 1, and broken steps", () => {
    const options = { steps: 100, peak: 1, warmup: 0 };
    expect(() => multiStepRate(1, { ...options, split: [0.8, 0.1] })).toThrow(
      "shares above 0 that sum to 1, got [0.8, 0.1]",
    );
    expect(() => multiStepRate(-1, options)).toThrow(
      /step must be a whole number of at least 0, got -1/,
    );
    expect(() => multiStepStages({ ...options, peak: 0 })).toThrow(
      /peak must be a finite number above 0/,
    );
  });
});

describe("multiStepStages", () => {
  it("covers all steps without a gap for any number of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 1e7 }), (steps) => {
        const stages = multiStepStages({ steps, peak: 1 });
        expect(stages[0]!.from).toBe(0);
        expect(stages.at(-1)!.to).toBe(steps);
        for (const [i, stage] of stages.slice(1).entries()) expect(stage.from).toBe(stages[i]!.to);
      }),
    );
  });
});

describe("stageReuse", () => {
  it("shares the first stage, worked by hand: 1000, 2000 and 4000 steps cost 4600 instead of 7000", () => {
    expect(stageReuse([4000, 1000, 2000], { warmup: 100 })).toEqual({
      trunk: 3200,
      branches: [
        { steps: 1000, branchAt: 800, tail: 200 },
        { steps: 2000, branchAt: 1600, tail: 400 },
        { steps: 4000, branchAt: 3200, tail: 800 },
      ],
      totalSteps: 4600,
      separateSteps: 7000,
      saved: 1 - 46 / 70,
    });
  });

  it("saves nothing with one length, and never costs more than separate runs", () => {
    expect(stageReuse([5000]).saved).toBe(0);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2500, max: 1e6 }), { minLength: 1 }), (lengths) => {
        const { totalSteps, separateSteps } = stageReuse(lengths);
        expect(totalSteps).toBeLessThanOrEqual(separateSteps);
      }),
    );
  });

  it("refuses a warm-up that outlasts the shortest first stage, and no lengths", () => {
    expect(() => stageReuse([1000, 9000])).toThrow(
      "the warm-up of 2000 steps must end within the first stage of the shortest run, 800 of 1000 steps",
    );
    expect(() => stageReuse([])).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
  });
});
