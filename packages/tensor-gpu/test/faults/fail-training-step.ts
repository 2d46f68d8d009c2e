import { expect } from "vitest";
import * as dg from "../../src";
import type { TinyModel } from "../parity/tiny-models";
import { disposeAll, MODELS, trainStep } from "../parity/training-losses";
import type { FailingBackend } from "./failing-allocations";

/** Weights, moments and step count, bit by bit. */
async function bitsOf({ parameters }: TinyModel, adamw: dg.optim.AdamW): Promise<string> {
  const { step, m, v } = await adamw.state();
  const arrays = [...parameters.map((parameter) => parameter.dataSync()), m, v];
  return [step, ...arrays.map(({ buffer }) => new Uint32Array(buffer).join())].join(";");
}

/**
 * Trains the tiny mixture of experts for a step, again and again, letting it fail at one place after the other until
 * nothing fails. After each failure weights, the optimiser's state and memory must be as before; at the end the step
 * gives what it gives without failures before.
 *
 * @param options.stride how many places lie between two failures
 * @param options.count what else must stay as it was, such as textures
 * @returns how often it failed
 */
export async function failTrainingStep(
  { backend, failAfter }: FailingBackend,
  {
    stride = 1,
    count = () => ({}),
  }: { stride?: number; count?: () => Record<string, number> } = {},
): Promise<number> {
  const before = dg.getBackend();
  dg.setBackend(backend);
  const model = MODELS.moe();
  const adamw = new dg.optim.AdamW(model.parameters, { lr: 1e-2 });
  trainStep(model, adamw, 0).dispose();
  const values = model.parameters.map((parameter) => parameter.dataSync());
  const [state, snapshot] = [await adamw.state(), await bitsOf(model, adamw)];
  const live = { ...dg.memory(), ...count() };
  let failures = 0;
  for (;;) {
    failAfter(failures * stride);
    let loss: dg.Tensor | undefined;
    try {
      loss = trainStep(model, adamw, 1);
    } catch (error) {
      expect((error as dg.TensorError).code).toBe("ERR_MEMORY");
    }
    failAfter(Number.POSITIVE_INFINITY);
    loss?.dispose();
    if (loss) break;
    adamw.zeroGrad();
    failures++;
    expect({ ...dg.memory(), ...count() }).toEqual(live);
    expect((await bitsOf(model, adamw)) === snapshot).toBe(true);
  }
  const tried = await bitsOf(model, adamw);
  for (const [i, parameter] of model.parameters.entries()) parameter.set(values[i]!);
  adamw.restore(state);
  trainStep(model, adamw, 1).dispose();
  expect((await bitsOf(model, adamw)) === tried).toBe(true);
  disposeAll(model, adamw);
  dg.setBackend(before);
  return failures;
}
