import { describe, expect, it } from "vitest";
import {
  compareLaws,
  dataQualityExponents,
  parametricLoss,
  plan,
  publishedLaws,
} from "../../src/index";

describe("publishedLaws", () => {
  // Values computed from the paper's formulas: C, batch in tokens, peak rate, M, D.
  it.each([
    [1e17, 1.062e5, 2.338e-3, 1.404e8, 7.123e8],
    [1e20, 1.017e6, 9.86e-4, 5.251e9, 1.905e10],
    [8.46e22, 9.224e6, 4.246e-4, 1.799e11, 4.703e11],
    [9.95e23, 2.066e7, 3.12e-4, 6.551e11, 1.519e12],
  ])(
    "plans a budget of %d FLOPs as DeepSeek LLM's laws do",
    (flops, batch, rate, model, tokens) => {
      const planned = plan(flops, publishedLaws.deepseek.law);
      const values = [planned.batchTokens, planned.learningRate, planned.model, planned.tokens];
      expect(values.map((quantity) => quantity!.value)).toBeAllclose([batch, rate, model, tokens], {
        rtol: 6e-4,
      });
      expect(planned.loss).toBeNull();
    },
  );

  it("has DeepSeek's coefficients multiply to 1 and its exponents sum to 1, as C = M·D", () => {
    const { model, data } = publishedLaws.deepseek.law.allocation!;
    expect(model.coefficient.value * data.coefficient.value).toBeCloseTo(1, 3);
    expect(model.exponent.value + data.exponent.value).toBeCloseTo(1, 12);
  });

  it("gives Chinchilla's budget about its own size by the refitted law: 20 tokens per parameter within a factor of 1.5", () => {
    const { model, tokens } = plan(5.76e23, publishedLaws.chinchillaRefit.law);
    const perParameter = tokens!.value / (model!.value / 6);
    expect(perParameter).toBeGreaterThan(20 / 1.5);
    expect(perParameter).toBeLessThan(20 * 1.5);
  });

  it("has the loss of a parametric law at its own optimum", () => {
    for (const { law, parametric } of [publishedLaws.chinchilla, publishedLaws.chinchillaRefit]) {
      const { model, tokens, loss } = plan(1e21, law);
      const expected = parametricLoss(parametric!, model!.value / 6, tokens!.value);
      expect([loss!.value, model!.value * tokens!.value]).toBeAllclose([expected, 1e21]);
    }
  });

  it("gives one petaflop/s-day what Kaplan's table gives it: 1.3e9 parameters, 2e10 tokens, batches of 2e6", () => {
    const { model, tokens, batchTokens, loss } = plan(8.64e19, publishedLaws.kaplan.law);
    expect([model!.value / 6, tokens!.value, batchTokens!.value]).toBeAllclose([1.3e9, 2e10, 2e6]);
    expect(loss!.value).toBeCloseTo(3.1e8 ** 0.05, 9);
  });

  it("orders the data sets of DeepSeek's comparison: shares sum to 1", () => {
    for (const { model, tokens } of dataQualityExponents) expect(model + tokens).toBeCloseTo(1, 12);
    const current = dataQualityExponents.find(({ data }) => data.includes("current"))!;
    const early = dataQualityExponents.find(({ data }) => data.includes("early"))!;
    expect(current.model).toBeGreaterThan(early.model);
  });
});

describe("compareLaws", () => {
  it("puts all laws side by side, with how far each extrapolates", () => {
    const rows = compareLaws(3e23);
    expect(rows.map(({ name }) => name)).toEqual([
      "DeepSeek LLM",
      "Chinchilla",
      "Chinchilla, refitted",
      "Kaplan",
    ]);
    expect(rows[0]!.extrapolation).toBeCloseTo(1000, 6);
    for (const { model, parameters } of rows) expect(parameters! * 6).toBeCloseTo(model!, -3);
  });

  it("refuses a budget of 0", () => {
    expect(() => compareLaws(0)).toThrow(/flops must be a finite number above 0, got 0/);
  });
});
