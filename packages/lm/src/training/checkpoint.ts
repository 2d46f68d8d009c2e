import {
  defaultGenerator,
  type GeneratorState,
  openCheckpoint,
  type optim,
  writeSafetensors,
} from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import { loadWeights } from "../files/load-model";
import { saveModel } from "../files/save-model";
import type { CausalLM } from "../model/causal-lm";
import { nodeFiles, readJsonFile, writeJsonFile } from "../text-files";

/** Where a run stands besides weights and moments. */
export interface TrainerState {
  /** Optimiser steps done, which is also the position in the data. */
  step: number;
  generator: GeneratorState;
  optimizerStep: number;
}

const complete = /^step-(\d+)$/;

/** Complete checkpoints of a folder, newest first. */
export async function listCheckpoints(folder: string): Promise<{ step: number; path: string }[]> {
  const { readdir } = await nodeFiles();
  const names = await readdir(folder).catch(() => [] as string[]);
  return names
    .flatMap((name) => {
      const step = complete.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), path: `${folder}/${name}` }];
    })
    .sort((a, b) => b.step - a.step);
}

/**
 * Writes a checkpoint folder `step-<n>` in one rename, so that a crash at any moment leaves the older ones whole, then
 * deletes all but the `keep` newest.
 * @returns the checkpoint's path
 */
export async function saveCheckpoint(
  folder: string,
  step: number,
  model: CausalLM,
  optimizer: optim.AdamW,
  { keep = 2 }: { keep?: number } = {},
): Promise<string> {
  const { mkdir, rename, rm } = await nodeFiles();
  const path = `${folder}/step-${String(step).padStart(6, "0")}`;
  const unfinished = `${path}.${globalThis.crypto.randomUUID()}.tmp`;
  try {
    await mkdir(unfinished, { recursive: true });
    await saveModel(unfinished, model);
    const { step: optimizerStep, m, v } = await optimizer.state();
    await writeSafetensors(
      `${unfinished}/optimizer.safetensors`,
      new Map([
        ["m", { shape: [m.length], data: m }],
        ["v", { shape: [v.length], data: v }],
      ]),
    );
    const state: TrainerState = { step, generator: defaultGenerator.state(), optimizerStep };
    await writeJsonFile(unfinished, "trainer_state.json", state);
    await rm(path, { recursive: true, force: true });
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw LmError.isInstance(cause)
      ? cause
      : new LmError("ERR_IO", `lm/saveCheckpoint: cannot write ${path}`, { cause, path });
  }
  for (const old of (await listCheckpoints(folder)).slice(keep)) {
    // Renamed first: a half-deleted folder must not pass for a checkpoint.
    await rename(old.path, `${old.path}.old`);
    await rm(`${old.path}.old`, { recursive: true, force: true });
  }
  return path;
}

/**
 * Puts weights, moments, random numbers and position back to a checkpoint's.
 * @throws {LmError} `ERR_MISSING` when a file is not there, and what loading weights throws
 */
export async function restoreCheckpoint(
  path: string,
  model: CausalLM,
  optimizer: optim.AdamW,
): Promise<TrainerState> {
  const state = (await readJsonFile(path, "trainer_state.json")) as TrainerState | undefined;
  if (!state)
    throw new LmError(
      "ERR_MISSING",
      `lm/restoreCheckpoint: there is no trainer_state.json in ${path}`,
      { path },
    );
  const weights = await openCheckpoint(path);
  await loadWeights(model, weights).finally(() => weights.close());
  const moments = await openCheckpoint(`${path}/optimizer.safetensors`);
  try {
    const [m, v] = [await moments.readFloat32("m"), await moments.readFloat32("v")];
    optimizer.restore({ step: state.optimizerStep, m: m.data, v: v.data });
  } finally {
    await moments.close();
  }
  defaultGenerator.restore(state.generator);
  return state;
}
