import { drain } from "@deepgrain/lab";
import type { FitEvent } from "@deepgrain/trainer";
import { describe, expect, it } from "vitest";
import { type Learner, type Recipe, runProgress, runTraining } from "../../training/run-training";

const { signal } = new AbortController();
const data = { training: { batch: (position: number) => position }, heldOut: [7, 8] };
const recipe: Recipe = { steps: 4, lr: 1, warmup: 2, evaluateEvery: 2 };

type Settings = Parameters<Learner<number, FitEvent>["train"]>[1];

/** A learner that remembers its settings and begins at a step. */
function learner(begun = 0) {
  const seen: Settings[] = [];
  const model: Learner<number, FitEvent> = {
    async *train(_, settings) {
      seen.push(settings);
      const { steps } = settings;
      yield { type: "train-start", step: begun, steps, trainedParameters: 1 };
      for (let step = begun + 1; step <= steps; step++) {
        yield { type: "step-end", step, loss: step, lr: 1, gradNorm: 1, scalars: {} };
        if (step === steps) yield { type: "eval-end", step, loss: 0.5, scalars: {} };
      }
      yield { type: "train-end", step: steps };
    },
    measure: async (batches) => batches.length,
  };
  return { model, seen };
}

const run = (own: Partial<Recipe>, begun = 0, folder?: string) => {
  const { model, seen } = learner(begun);
  const progress: { done?: number | undefined }[] = [];
  const training = { model, data, recipe: { ...recipe, ...own }, report: runProgress(0.5), signal };
  const events = runTraining({ ...training, ...(folder !== undefined && { folder }) });
  return drain(events, (event) => progress.push(event)).then((curve) => ({
    curve,
    seen,
    progress,
  }));
};

describe("runTraining", () => {
  it("turns a recipe into the trainer's settings", async () => {
    const { seen } = await run({ weightDecay: 0.2, checkpointEvery: 3 }, 0, "checkpoints");
    expect(seen[0]).toMatchObject({
      steps: 4,
      optimizer: { weightDecay: 0.2 },
      resume: true,
      signal,
      evaluation: { batches: [7, 8], everySteps: 2 },
      checkpoint: { folder: "checkpoints", everySteps: 3, parts: {} },
    });
    expect((await run({})).seen[0]).not.toHaveProperty("checkpoint");
  });

  it.each([
    ["cosine", [0, 0.5, 1, 0.55]],
    ["steps", [0.5, 1, 1, 0.316 ** 2]],
    ["constant", [0, 0.5, 1, 1]],
  ] as const)("lets the rate go on as %s says", async (schedule, rates) => {
    const { lr } = (await run({ schedule })).seen[0]!;
    const rate = lr as (step: number) => number;
    for (const [step, value] of rates.entries()) expect(rate(step)).toBeCloseTo(value, 12);
  });

  it("measures the start where it is asked to, unless the training goes on", async () => {
    const end = { step: 4, loss: 0.5 };
    expect((await run({ measuresStart: true })).curve).toEqual([{ step: 0, loss: 2 }, end]);
    expect((await run({ measuresStart: true }, 2)).curve).toEqual([end]);
    expect((await run({})).curve).toEqual([end]);
  });

  it("reports progress as a share of the run", async () => {
    const { progress } = await run({});
    expect(progress.map(({ done }) => done)).toEqual([0.125, 0.25, 0.375, 0.5]);
  });

  it("only measures with no steps", async () => {
    const { curve, progress } = await run({ steps: 0, measuresStart: true });
    expect(curve).toEqual([{ step: 0, loss: 2 }]);
    expect(progress).toEqual([]);
  });
});
