import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, manualSeed, memory, setBackend } from "@deepgrain/tensor-gpu";
import { listCheckpoints, TrainerError } from "@deepgrain/trainer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CausalLM,
  evaluate,
  type LabelledBatch,
  loadModel,
  type TrainConfig,
  type TrainEvent,
  train,
} from "../../src";
import { countingData, tinyLlama } from "../support/tiny-models";

const data = countingData(31);
const newModel = () => new CausalLM(tinyLlama(), { generator: new Generator(5) });
let folder: string;

beforeEach(async () => {
  setBackend("js");
  manualSeed(1);
  folder = await mkdtemp(join(tmpdir(), "deepgrain-train-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function collect(
  model: CausalLM,
  config: TrainConfig,
  onEvent?: (event: TrainEvent) => void,
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(model, data, config)) {
    events.push(event);
    onEvent?.(event);
  }
  return events;
}

const losses = (events: TrainEvent[]) =>
  events.flatMap((event) => (event.type === "step-end" ? [event.loss] : []));

describe("train", () => {
  // The first, since garbage of earlier tests may go meanwhile.
  it("holds no more memory after 100 steps than after one", async () => {
    const model = newModel();
    const sizes: number[] = [];
    await collect(
      model,
      { steps: 101, lr: 1e-3 },
      (event) => event.type === "step-end" && sizes.push(memory().bytes),
    );
    expect(sizes.at(-1)).toBe(sizes[0]);
  });

  it("lowers the loss and reports every step, evaluation and checkpoint", async () => {
    const events = await collect(newModel(), {
      steps: 30,
      lr: 1e-2,
      evaluation: { batches: [data.batch(1000)], everySteps: 10 },
      checkpoint: { folder, everySteps: 20 },
    });
    const all = losses(events);
    expect(all.length).toBe(30);
    expect(all.at(-1)!).toBeLessThan(0.6 * all[0]!);
    expect(events.filter(({ type }) => type === "eval-end").map(({ step }) => step)).toEqual([
      10, 20, 30,
    ]);
    expect(events.filter(({ type }) => type === "checkpoint-end").map(({ step }) => step)).toEqual([
      20, 30,
    ]);
    expect(events.at(-1)).toEqual({ type: "train-end", step: 30 });
  });

  it("goes on from a checkpoint to exactly the losses of an undisturbed run", async () => {
    const config: TrainConfig = {
      steps: 12,
      lr: (step) => 1e-2 / (1 + step),
      checkpoint: { folder, everySteps: 5 },
    };
    const whole = losses(
      await collect(newModel(), {
        ...config,
        checkpoint: { folder: join(folder, "whole"), everySteps: 100 },
      }),
    );
    const controller = new AbortController();
    const stopAtSeven = (event: TrainEvent) =>
      event.type === "step-end" && event.step === 7 && controller.abort(new Error("stop"));
    await expect(
      collect(newModel(), { ...config, signal: controller.signal }, stopAtSeven),
    ).rejects.toThrow("stop");
    expect((await listCheckpoints(folder)).map(({ step }) => step)).toEqual([7, 5]);
    manualSeed(99);
    const rest = losses(await collect(newModel(), { ...config, resume: true }));
    expect(rest).toEqual(whole.slice(7));
  });

  it("keeps only the newest checkpoints, each loadable as a model", async () => {
    const model = newModel();
    await collect(model, {
      steps: 6,
      lr: 1e-2,
      checkpoint: { folder, everySteps: 1, keep: 2 },
    });
    expect((await readdir(folder)).sort()).toEqual(["step-000005", "step-000006"]);
    const again = await loadModel(join(folder, "step-000006"));
    expect((await evaluate(again, [data.batch(3)])).loss).toBe(
      (await evaluate(model, [data.batch(3)])).loss,
    );
  });

  it("does not take an unfinished folder for a checkpoint", async () => {
    await collect(newModel(), { steps: 2, lr: 1e-2, checkpoint: { folder, everySteps: 1 } });
    await writeFile(join(folder, "step-000009.3f.tmp"), "");
    expect((await listCheckpoints(folder)).map(({ step }) => step)).toEqual([2, 1]);
  });

  it("sums gradients over several batches as over one large one", async () => {
    const [apart, together] = [newModel(), newModel()];
    const [a, b] = [data.batch(0), data.batch(1)];
    const joined = { batch: () => ({ ids: [...a.ids, ...b.ids], batch: 8, length: 12 }) };
    for await (const _ of train(apart, data, {
      steps: 1,
      lr: 1e-2,
      gradientAccumulation: 2,
    }));
    for await (const _ of train(together, joined, { steps: 1, lr: 1e-2 }));
    const name = "model.layers.1.mlp.up_proj.weight";
    expect((await apart.readWeight(name)).data).toBeAllclose(
      (await together.readWeight(name)).data,
      { rtol: 1e-3, atol: 1e-5 },
    );
  });

  it("weighs accumulated batches by the tokens they predict", async () => {
    const ids = Array.from({ length: 12 }, (_, i) => 1 + ((5 * i) % 29));
    const answering = (targets: number) => ids.map((id, i) => (i >= 12 - targets ? id : -100));
    const rows = [answering(1), answering(11)].map((labels) => ({
      ids,
      labels,
      batch: 1,
      length: 12,
    }));
    const joined = {
      ids: [...ids, ...ids],
      labels: rows.flatMap(({ labels }) => labels),
      batch: 2,
      length: 12,
    };
    const stepOf = async (batches: readonly LabelledBatch[]) => {
      const config = { steps: 1, lr: 1e-2, gradientAccumulation: batches.length };
      const events = train(newModel(), { batch: (position) => batches[position]! }, config);
      for await (const event of events) if (event.type === "step-end") return event;
      throw new Error("no step");
    };
    const [apart, together] = [await stepOf(rows), await stepOf([joined])];
    expect(apart.loss).toBeCloseTo(together.loss, 5);
    expect(apart.gradNorm / together.gradNorm).toBeCloseTo(1, 4);
  });

  it("learns nothing from batches without a label, and goes on", async () => {
    const model = newModel();
    const silent = { ...data.batch(0), labels: data.batch(0).ids.map(() => -100) };
    const mixed = { batch: (position: number) => (position === 1 ? silent : data.batch(position)) };
    const events: TrainEvent[] = [];
    for await (const event of train(model, mixed, { steps: 3, lr: 1e-2 })) events.push(event);
    const all = losses(events);
    expect(all[1]).toBe(0);
    expect(all.every(Number.isFinite)).toBe(true);
  });

  it("trains only the weights that want gradients", async () => {
    const model = newModel();
    model.requireGrad(false);
    model.lmHead!.requireGrad();
    const before = await model.readWeight("model.norm.weight");
    const head = await model.readWeight("lm_head.weight");
    await collect(model, { steps: 2, lr: 1e-2 });
    expect(await model.readWeight("model.norm.weight")).toEqual(before);
    expect((await model.readWeight("lm_head.weight")).data).not.toEqual(head.data);
  });

  it("stops at a loss that is not a number, naming the step", async () => {
    const model = newModel();
    model.writeWeight("model.norm.weight", new Float32Array(16).fill(Number.NaN));
    await expect(collect(model, { steps: 1, lr: 1e-2 })).rejects.toThrow(
      /the loss of step 1 is NaN/,
    );
    model.requireGrad(false);
    await expect(collect(model, { steps: 1, lr: 1e-2 })).rejects.toSatisfy(TrainerError.isInstance);
  });
});
