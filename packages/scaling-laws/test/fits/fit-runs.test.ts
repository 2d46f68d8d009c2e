import { describe, expect, it } from "vitest";
import { fitReport, fitRuns, type Law } from "../../src/index";
import { deepseekTruth, hyperGridRuns, isoFlopRuns, seeded } from "../support/synthetic";

const quantity = {
  value: expect.any(Number),
  lower: expect.any(Number),
  upper: expect.any(Number),
};
const power = { coefficient: quantity, exponent: quantity };

const isoFlop = isoFlopRuns(deepseekTruth, { noise: 0.003, random: seeded(3) });
const grids = hyperGridRuns({ noise: 0.0005, random: seeded(4) });

describe("fitRuns", () => {
  it("gives exactly the machine form, every number with its interval", () => {
    const law = fitRuns([...isoFlop, ...grids], { random: seeded(5), resamples: 100 });
    expect(law).toEqual({
      allocation: { model: power, data: power },
      batchSize: power,
      learningRate: power,
      loss: { floor: quantity, ...power },
    });
    const { value, lower, upper } = law.allocation!.model.exponent;
    expect(lower!).toBeLessThan(value);
    expect(value).toBeLessThan(upper!);
  });

  it("makes parts without data null", () => {
    const fromProfiles = fitRuns(isoFlop);
    expect(fromProfiles).toMatchObject({ batchSize: null, learningRate: null });
    expect(fromProfiles.allocation).not.toBeNull();
    const fromGrids = fitRuns(grids);
    expect(fromGrids).toMatchObject({ allocation: null, loss: null });
    expect(fromGrids.batchSize!.exponent.value).toBeCloseTo(0.3271, 1);
  });

  it("repeats to the bit with the same seed, and leaves bounds null without a source of randomness", () => {
    const fit = (seed: number) => fitRuns(isoFlop, { random: seeded(seed), resamples: 50 });
    expect(fit(1)).toEqual(fit(1));
    expect(fit(1)).not.toEqual(fit(2));
    expect(fitRuns(isoFlop).loss!.floor).toMatchObject({ lower: null, upper: null });
  });

  it("survives JSON: the law of a file plans as the law of the fit", () => {
    const law = fitRuns(isoFlop, { random: seeded(1), resamples: 20 });
    expect(JSON.parse(JSON.stringify(law)) as Law).toEqual(law);
  });

  it("says for each part what is missing where no part can be fitted", () => {
    const oneBudget = isoFlop.slice(0, 9);
    expect(() => fitRuns(oneBudget)).toThrow(
      expect.objectContaining({
        code: "ERR_TOO_FEW",
        message: expect.stringMatching(
          /9 runs carry no law\. Allocation and loss: 1 of 1 budgets have a usable profile, 5 are needed .*Batch size: no run has batchTokens\. Learning rate: no run has lr/,
        ),
      }),
    );
    expect(() => fitRuns([])).toThrow(/0 runs carry no law/);
  });

  it("refuses options out of range", () => {
    expect(() => fitRuns(isoFlop, { resamples: 0 })).toThrow(/resamples must be a whole number/);
    expect(() => fitRuns(isoFlop, { confidence: 1 })).toThrow(
      /confidence must be a finite number above 0 and below 1/,
    );
  });
});

describe("fitReport", () => {
  const report = fitReport(isoFlop, { random: seeded(6), resamples: 200 });

  it("says why parts are null and how far the runs reach", () => {
    expect(report.missing).toEqual({
      batchSize: "no run has batchTokens",
      learningRate: "no run has lr",
    });
    expect(report.fittedRange).toBeAllclose([1e17, 1e20]);
    expect(report.unit).toBe("loss");
  });

  it("measures the noise that was put in", () => {
    expect([report.noise!]).toBeAllclose([0.003], { rtol: 0.25 });
  });

  it("gives the loss curve in both forms, of which the law holds the one with a floor", () => {
    expect(report.lossCurves!.offset!.floor).toBe(report.law.loss!.floor.value);
    expect(report.lossCurves!.power.floor).toBe(0);
  });

  it("narrows the interval with a lower confidence", () => {
    const half = fitReport(isoFlop, { random: seeded(6), resamples: 200, confidence: 0.5 });
    const width = ({ law }: typeof half) =>
      law.allocation!.model.exponent.upper! - law.allocation!.model.exponent.lower!;
    expect(width(half)).toBeLessThan(width(report));
  });
});
