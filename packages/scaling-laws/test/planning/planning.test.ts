import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  budgetFor,
  decoderShape,
  decoderWidth,
  fitReport,
  flopsPerToken,
  type Goal,
  overTraining,
  plan,
  publishedLaws,
} from "../../src/index";
import { bestModel, deepseekTruth, isoFlopRuns, seeded } from "../support/synthetic";

const deepseek = publishedLaws.deepseek.law;
const chinchilla = publishedLaws.chinchilla.law;
const budgets = fc.double({ min: 1e10, max: 1e26, noNaN: true });

describe("plan", () => {
  it("rounds to whole sequences and whole steps", () => {
    const { steps } = plan(1e20, deepseek, { sequenceLength: 4096 });
    // 1.017e6 / 4096 = 248.3 sequences; 1.905e10 / (248 · 4096) = 18,751 steps
    expect(steps).toMatchObject({ batchSequences: 248, batchTokens: 248 * 4096 });
    expect(steps!.tokens).toBe(steps!.steps * 248 * 4096);
    expect([steps!.tokens]).toBeAllclose([1.905e10], { rtol: 1e-3 });
  });

  it("trains on at least one sequence", () => {
    expect(plan(1e6, deepseek, { sequenceLength: 4096 }).steps).toMatchObject({
      batchSequences: 1,
      steps: 1,
    });
    expect(plan(1e20, chinchilla, { sequenceLength: 4096 }).steps).toBeNull();
  });

  it("says how far it extrapolates, on either side of the range", () => {
    const factor = (flops: number) =>
      plan(flops, deepseek, { fittedRange: [1e17, 3e20] }).extrapolation;
    expect([factor(1e18)!, factor(3e22)!, factor(1e12)!]).toBeAllclose([1, 100, 1e5]);
    expect(plan(1e18, deepseek).extrapolation).toBeNull();
  });

  it("makes intervals from the draws that hold the true optimum, and widen with extrapolation", () => {
    const random = seeded(11);
    const { law, draws } = fitReport(isoFlopRuns(deepseekTruth, { noise: 0.003, random }), {
      random,
      resamples: 300,
    });
    const widthAt = (flops: number) => {
      const { model, loss } = plan(flops, law, { draws });
      expect(loss!.lower!).toBeLessThan(loss!.upper!);
      const truth = bestModel(deepseekTruth, flops);
      expect(model!.lower!).toBeLessThan(truth * 1.05); // the parabola moves the vertex by under 5 %
      expect(model!.upper!).toBeGreaterThan(truth / 1.05);
      return model!.upper! / model!.lower!;
    };
    expect(widthAt(1e23)).toBeGreaterThan(widthAt(3e18));
  });

  it("refuses a budget that is not a positive number", () => {
    for (const flops of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => plan(flops, deepseek)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
    expect(() => plan(1, deepseek, { confidence: 0 })).toThrow(
      /confidence must be a finite number above 0 and below 1/,
    );
  });
});

describe("decoderWidth", () => {
  it("is the width whose M is wanted, rounded to a multiple", () => {
    const shape = { layers: 30, sequenceLength: 4096 };
    expect(decoderWidth(flopsPerToken({ ...shape, width: 4096 }), shape)).toBe(4096);
    expect(decoderWidth(1.02 * flopsPerToken({ ...shape, width: 4096 }), shape)).toBe(4160);
    expect(decoderWidth(1, { ...shape, multiple: 2, least: 4 })).toBe(4);
    expect(() => decoderWidth(0, shape)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});

describe("budgetFor", () => {
  it("is the reverse of plan for every goal", () => {
    fc.assert(
      fc.property(budgets, (flops) => {
        const planned = plan(flops, deepseek);
        for (const key of ["model", "tokens", "batchTokens", "learningRate"] as const)
          expect([budgetFor({ [key]: planned[key]!.value } as Goal, deepseek)]).toBeAllclose(
            [flops],
            { rtol: 1e-8 },
          );
        const { loss } = plan(flops, chinchilla);
        expect([budgetFor({ loss: loss!.value }, chinchilla)]).toBeAllclose([flops], {
          rtol: 1e-6,
        });
      }),
    );
  });

  it("says that no budget reaches a loss below the floor", () => {
    expect(() => budgetFor({ loss: 1.5 }, chinchilla)).toThrow(
      "no budget gives loss 1.5: the law's floor is 1.690",
    );
  });

  it("asks for one goal that the law has a part for", () => {
    expect(() => budgetFor({} as Goal, deepseek)).toThrow("give exactly one goal, got none");
    expect(() => budgetFor({ model: 1, tokens: 1 } as Goal, deepseek)).toThrow("got model, tokens");
    expect(() => budgetFor({ loss: 2 }, deepseek)).toThrow("the law has no part for loss");
    expect(() => budgetFor({ width: 2 } as never, deepseek)).toThrow(
      "width is not a goal; it may be model, tokens",
    );
    expect(() => budgetFor({ tokens: -1 }, deepseek)).toThrow(
      /tokens must be a finite number above 0/,
    );
  });
});

describe("overTraining", () => {
  it("says how far DeepSeek LLM 7B reads beyond the optimum of its budget: 2T tokens instead of 0.47T", () => {
    const model = flopsPerToken({ layers: 30, width: 4096, sequenceLength: 4096 });
    const { flops, optimalModel, optimalTokens, ratio } = overTraining(
      { model, tokens: 2e12 },
      deepseek,
    );
    expect([flops, optimalModel, optimalTokens, ratio]).toBeAllclose(
      [8.456e22, 1.799e11, 4.703e11, 4.25],
      { rtol: 2e-3 },
    );
  });

  it("needs a law with an allocation", () => {
    expect(() => overTraining({ model: 1, tokens: 1 }, { ...deepseek, allocation: null })).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });
});

describe("decoderShape", () => {
  it("finds a shape near DeepSeek LLM 7B for its M", () => {
    const shape = decoderShape(4.2279e10, { sequenceLength: 4096, aspect: 137 });
    expect(shape).toEqual({
      layers: 30,
      width: 4096,
      sequenceLength: 4096,
      model: 30 * 84 * 4096 ** 2,
    });
  });

  it("misses the wanted M by at most half a layer", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e7, max: 1e13, noNaN: true }), (model) => {
        const { layers, model: got } = decoderShape(model, { sequenceLength: 1024 });
        if (layers > 1) expect(Math.abs(got - model)).toBeLessThanOrEqual((0.5001 * got) / layers);
      }),
    );
  });

  it("refuses a model scale of 0", () => {
    expect(() => decoderShape(0, { sequenceLength: 8 })).toThrow(
      /model must be a finite number above 0/,
    );
  });
});
