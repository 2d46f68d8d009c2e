import type { Tolerance } from "@deepgrain/vitest/allclose";
import * as dg from "../../src";
import { seededRandom } from "../conformance/suite/numbers";
import { LENGTH, type TinyModel, tinyGpt, tinyMoe, VOCABULARY } from "./tiny-models";

export const MODELS = { gpt: tinyGpt, moe: tinyMoe } satisfies Record<
  string,
  (width?: number) => TinyModel
>;
export type ModelName = keyof typeof MODELS;
export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];

/** How far losses of twenty steps may lie apart: rounding that Adam passes on from step to step. */
export const PARITY: Tolerance = { rtol: 2e-5, atol: 0 };
export const PARITY_STEPS = 20;
const TINY_BATCH = 3;

/** A batch of a language in which a token mostly decides the next: the losses have somewhere to go. */
function batchOf(step: number, batch: number): Int32Array {
  const random = seededRandom(`batch ${step}`);
  const ids = new Int32Array(batch * (LENGTH + 1));
  for (let i = 0; i < ids.length; i++) {
    const starts = i % (LENGTH + 1) === 0 || random() < 0.2;
    ids[i] = starts ? Math.floor(random() * VOCABULARY) : (ids[i - 1]! * 5 + 2) % VOCABULARY;
  }
  return ids;
}

/** One step of training, all its tensors freed; returns the loss, still to be read. */
export function trainStep(
  model: TinyModel,
  adamw: dg.optim.AdamW,
  step: number,
  batch = TINY_BATCH,
): dg.Tensor {
  const loss = dg.tidy(() => {
    const ids = dg.tensor(batchOf(step, batch)).reshape([batch, LENGTH + 1]);
    const value = model.loss(ids);
    value.backward();
    adamw.step({ maxGradNorm: 1 });
    return value.detach();
  });
  adamw.zeroGrad();
  return loss;
}

/** Frees a model and its optimiser. */
export function disposeAll(model: TinyModel, adamw: dg.optim.AdamW): void {
  adamw.zeroGrad();
  adamw.dispose();
  for (const tensor of [...model.parameters, ...model.tables]) tensor.dispose();
}

/**
 * Trains a tiny model on a backend and returns the loss of every step. The backend is the current one meanwhile, and
 * disposed of at the end. Runs in Node and in pages alike, and asks only for what an asynchronous backend can do.
 *
 * @param createBackend makes the backend, at once or later
 * @param options.width of the model, default 16
 * @param options.batch sequences of a step, default 3
 * @param options.afterStep called when a step's loss has been read
 */
export async function trainingLosses(
  createBackend: () => dg.Backend | Promise<dg.Backend>,
  name: ModelName,
  {
    steps = PARITY_STEPS,
    width,
    batch,
    afterStep = () => {},
  }: {
    steps?: number;
    width?: number;
    batch?: number;
    afterStep?: (step: number) => void;
  } = {},
): Promise<number[]> {
  const before = dg.getBackend();
  const backend = dg.setBackend(await createBackend());
  try {
    const model = MODELS[name](width);
    const adamw = new dg.optim.AdamW(model.parameters, { lr: 1e-2 });
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const loss = trainStep(model, adamw, step, batch);
      losses.push(await loss.item());
      loss.dispose();
      afterStep(step);
    }
    disposeAll(model, adamw);
    return losses;
  } finally {
    dg.setBackend(before);
    await backend.dispose();
  }
}
