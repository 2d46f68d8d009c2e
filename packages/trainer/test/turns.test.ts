import {
  defaultGenerator,
  dropout,
  manualSeed,
  memory,
  mseLoss,
  tensor,
} from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { type FitConfig, fit, trainStep } from "../src";
import { saveCheckpoint } from "../src/checkpoint/checkpoint";
import { collect, lossesOf } from "./support/collect";
import { Mlp, numbersOf, type Points, sixSteps } from "./support/mlp";
import { withTemporaryFolder } from "./support/temporary-folder";

const folder = withTemporaryFolder();

/** Steps that draw random numbers: the hidden layer is dropped in part. */
const drawing = (model: Mlp, steps: number): FitConfig<Points> => ({
  ...sixSteps(model),
  steps,
  loss: ({ x, y, count }) => {
    const hidden = model.first.forward(tensor(x, { shape: [count, 3] })).tanh();
    const out = model.second.forward(dropout(hidden, 0.25));
    return mseLoss(out, tensor(y, { shape: [count, 1] }));
  },
});

async function alone(seed: number, steps: number) {
  manualSeed(7);
  const model = new Mlp(seed);
  const losses = lossesOf(await collect(fit(model, drawing(model, steps))));
  const weights = numbersOf(model);
  model.dispose();
  return { losses, weights };
}

describe("a run that shares its thread", () => {
  it("ends before its last step when a timer aborts it, with the signal's reason", async () => {
    const model = new Mlp();
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error("enough")), 1);
    const events: Parameters<typeof collect>[1] = [];
    const config = { ...sixSteps(model), steps: 1_000_000, signal: controller.signal };
    await expect(collect(fit(model, config), events)).rejects.toThrow("enough");
    clearTimeout(timer);
    expect(events!.at(-1)).toMatchObject({ type: "step-end" });
    model.dispose();
  });

  it("gives the bits that it gives alone, and live bytes return to the start", async () => {
    const expected = [await alone(1, 40), await alone(2, 25)];
    const before = memory().bytes;
    manualSeed(7);
    const models = [new Mlp(1), new Mlp(2)];
    const runs = [
      fit(models[0]!, drawing(models[0]!, 40)),
      fit(models[1]!, drawing(models[1]!, 25)),
    ];
    const events = await Promise.all(runs.map((run) => collect(run)));
    for (const [i, { losses, weights }] of expected.entries()) {
      expect(lossesOf(events[i]!)).toEqual(losses);
      expect(numbersOf(models[i]!)).toEqual(weights);
    }
    for (const model of models) model.dispose();
    // Below, where the garbage collector frees meanwhile what earlier tests forgot.
    expect(memory().bytes).toBeLessThanOrEqual(before);
  });

  it("saves and restores its own random numbers beside another", async () => {
    const expected = await alone(1, 12);
    manualSeed(7);
    const [model, other, resumed] = [new Mlp(1), new Mlp(2), new Mlp(1)];
    const checkpoint = { folder: folder(), everySteps: 3 };
    const beside = fit(other, drawing(other, 30));
    await beside.next();
    manualSeed(7);
    const first = fit(model, { ...drawing(model, 12), checkpoint });
    for await (const event of first) {
      await beside.next();
      if (event.type === "checkpoint-end" && event.step === 6) break;
    }
    const rest = fit(resumed, { ...drawing(resumed, 12), checkpoint, resume: true });
    const both = await Promise.all([collect(rest), collect(beside)]);
    expect(lossesOf(both[0])).toEqual(expected.losses.slice(6));
    expect(numbersOf(resumed)).toEqual(expected.weights);
  });

  it("leaves the generator where the run left it, when it was alone", async () => {
    const model = new Mlp();
    manualSeed(3);
    await collect(fit(model, drawing(model, 2)));
    const { offset } = defaultGenerator.state();
    manualSeed(3);
    for (let i = 0; i < 2; i++) dropout(tensor(new Float32Array(32)), 0.25);
    expect(defaultGenerator.state().offset).toBe(offset);
  });
});

describe("an option that does not exist", () => {
  it("is refused, with the right name where users call first", async () => {
    const model = new Mlp();
    const run = (more: object) => collect(fit(model, { ...sixSteps(model), ...more }));
    await expect(run({ gradientAcumulation: 2 })).rejects.toThrow(
      'trainer/fit: unknown option "gradientAcumulation"; did you mean "gradientAccumulation"?',
    );
    for (const [given, meant] of [
      ["schedule", "lr"],
      ["learningRate", "lr"],
      ["epochs", "steps"],
      ["clipping", "maxGradNorm"],
    ] as const)
      await expect(run({ [given]: 2 })).rejects.toThrow(
        `trainer/fit: unknown option "${given}"; did you mean "${meant}"?`,
      );
    await expect(
      run({ checkpoint: { folder: "x", everySteps: 1, keeps: 2 } }),
    ).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    const step = trainStep({} as never, () => 1, {
      loss: () => tensor(1),
      lr: 1,
      rate: 2,
    } as never);
    await expect(step).rejects.toThrow('unknown option "rate"');
    const save = saveCheckpoint("x", 1, {} as never, { kept: 1 } as never);
    await expect(save).rejects.toThrow('unknown option "kept"');
    await expect(collect(fit(model, null as never))).rejects.toThrow("options must be an object");
  });
});
