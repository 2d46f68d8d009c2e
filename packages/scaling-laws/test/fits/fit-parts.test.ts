import { describe, expect, it } from "vitest";
import { fitParts, fitReport } from "../../src/index";
import { deepseekTruth, hyperGridRuns, isoFlopRuns, seeded } from "../support/synthetic";

const sizes = isoFlopRuns(deepseekTruth, { noise: 0.0005, random: seeded(1) });
const grids = hyperGridRuns({ noise: 0.0005, random: seeded(2) });
const options = { resamples: 20 };

describe("fitParts", () => {
  const { law, draws, reports } = fitParts(
    { sizes, batches: grids, rates: grids },
    { ...options, random: seeded(3) },
  );

  it("takes each part from the fit of its own runs", () => {
    expect(law.allocation!.model.exponent.value).toBe(
      fitReport(sizes).law.allocation!.model.exponent.value,
    );
    expect(law.batchSize!.exponent.value).toBe(fitReport(grids).law.batchSize!.exponent.value);
    expect(law.learningRate).toEqual(reports.rates!.law.learningRate);
    expect(law.loss).toEqual(reports.sizes!.law.loss);
  });

  it("gives every draw all parts, for plans with intervals", () => {
    expect(draws).toHaveLength(20);
    for (const draw of draws)
      for (const part of ["allocation", "batchSize", "learningRate", "loss"] as const)
        expect(draw[part]).not.toBeNull();
  });

  it("has null for parts whose runs carry no law", () => {
    const one = fitParts({ sizes: sizes.slice(0, 9), batches: [], rates: grids }, options);
    expect(one.law).toMatchObject({ allocation: null, batchSize: null, loss: null });
    expect(one.law.learningRate!.exponent.value).toBeCloseTo(-0.125, 1);
    expect(one.reports).toMatchObject({ sizes: null, batches: null });
  });

  it("refuses bad runs instead of leaving a part out", () => {
    const bad = [{ ...sizes[0]!, loss: Number.NaN }, ...sizes.slice(1)];
    expect(() => fitParts({ sizes: bad, batches: [], rates: [] })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});
