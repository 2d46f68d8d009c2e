import { describe, expect, it } from "vitest";
import { flopsPerToken, flopsPerTokenN1, forecastLoss, type Run } from "../../src/index";
import { seeded } from "../support/synthetic";

const shape = { layers: 2, sequenceLength: 32, vocab: 256 };

/** Loss under a law that counts models by the measure. */
const lossBy = (measure: typeof flopsPerToken) => (width: number, tokens: number) =>
  1.2 + 20 / measure({ ...shape, width }) ** 0.3 + 26 / tokens ** 0.3;

function runsOf(loss: (width: number, tokens: number) => number): Run[] {
  return [1e10, 2e10, 4e10, 8e10, 1.6e11].flatMap((budget) =>
    [8, 12, 18, 26, 40, 60, 90].map((width) => {
      const model = flopsPerToken({ ...shape, width });
      const tokens = budget / model;
      return { ...shape, width, model, tokens, flops: budget, loss: loss(width, tokens) };
    }),
  );
}

/** Near the best size of a budget of 6.4e11. */
const target = { ...shape, width: 58, tokens: 6.4e11 / flopsPerToken({ ...shape, width: 58 }) };

describe("forecastLoss", () => {
  it("predicts best by the measure that the loss follows", async () => {
    for (const [by, measure] of [
      ["M", flopsPerToken],
      ["6N1", flopsPerTokenN1],
    ] as const) {
      const loss = lossBy(measure);
      const forecasts = await forecastLoss(runsOf(loss), target, { minBudgets: 4 });
      expect(forecasts.map((one) => one.by)).toEqual(["M", "6N1", "6N2", "parametric"]);
      const error = (one: string) =>
        Math.abs(
          forecasts.find((each) => each.by === one)!.loss / loss(target.width, target.tokens) - 1,
        );
      expect(error(by)).toBeLessThan(0.01);
      expect(error(by)).toBeLessThan(error("6N2"));
      if (by === "M") expect(error("parametric")).toBeLessThan(1e-3);
    }
  });

  it("has intervals where the bootstrap is drawn, none for the parametric form", async () => {
    const random = seeded(1);
    const noisy = runsOf(lossBy(flopsPerToken)).map((run) => ({
      ...run,
      loss: run.loss * (1 + 0.004 * (random() - 0.5)),
    }));
    const options = { minBudgets: 4, resamples: 50, random };
    const [first, , , parametric] = await forecastLoss(noisy, target, options);
    expect(first!.lower!).toBeLessThan(first!.loss);
    expect(first!.upper!).toBeGreaterThan(first!.loss);
    expect(parametric).toMatchObject({ lower: null, upper: null });
    const [plain] = await forecastLoss(noisy, target, { minBudgets: 4 });
    expect(plain).toMatchObject({ by: "M", lower: null, upper: null });
  });

  it("leaves out measures without a law, and names what a run lacks", async () => {
    const runs = runsOf(lossBy(flopsPerToken));
    const few = await forecastLoss(runs, target, { minBudgets: 6 });
    expect(few.map(({ by }) => by)).toEqual(["parametric"]);
    const { vocab: _, ...bare } = runs[0]!;
    await expect(forecastLoss([bare], target)).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      fields: { key: "vocab" },
    });
  });

  it("ends on abort", async () => {
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(forecastLoss(runsOf(lossBy(flopsPerToken)), target, { signal })).rejects.toThrow(
      "stop",
    );
  });
});
