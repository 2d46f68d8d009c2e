import { inFolder, removeFolder, saveFolder } from "@deepgrain/files";
import {
  defaultGenerator,
  openCheckpoint,
  type optim,
  writeSafetensors,
} from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import { loadWeights } from "../files/load-model";
import { saveModel } from "../files/save-model";
import type { CausalLM } from "../model/causal-lm";
import { nodeFiles, readJsonFile, writeJsonFile } from "../text-files";
import { parseTrainerState, type TrainerState } from "./trainer-state";

const STATE_FILE = "trainer_state.json";

const complete = /^step-(\d{1,15})$/;

/** True for the name of a checkpoint's folder, whether or not there is one. */
export const isCheckpointName = (name: string): boolean => complete.test(name);

/** A folder that has a checkpoint's name. */
export interface CheckpointFolder {
  step: number;
  path: string;
}

/** All folders of a folder that have a checkpoint's name, newest first, also damaged and foreign ones. */
export async function findCheckpoints(folder: string): Promise<CheckpointFolder[]> {
  const { readdir } = nodeFiles();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .flatMap((entry) => {
      const step = entry.isDirectory() ? complete.exec(entry.name)?.[1] : undefined;
      return step === undefined ? [] : [{ step: Number(step), path: inFolder(folder, entry.name) }];
    })
    .sort((a, b) => b.step - a.step);
}

/** Whether `saveCheckpoint` made it: its state file is there. */
export async function isCheckpoint({ path }: CheckpointFolder): Promise<boolean> {
  const { access } = nodeFiles();
  return access(inFolder(path, STATE_FILE)).then(
    () => true,
    () => false,
  );
}

/** Checkpoints of a folder, newest first. Folders `step-<n>` without a trainer_state.json are none. */
export async function listCheckpoints(folder: string): Promise<CheckpointFolder[]> {
  const found = await findCheckpoints(folder);
  const own = await Promise.all(found.map(isCheckpoint));
  return found.filter((_, i) => own[i]);
}

/**
 * Writes a checkpoint folder `step-<n>` in one rename, so that a crash at any moment leaves the older ones whole, then
 * deletes all but the `keep` newest up to this step. Folders that are no checkpoints are left alone.
 *
 * @returns the checkpoint's path
 * @throws {LmError} `ERR_IO` that says why
 */
export async function saveCheckpoint(
  folder: string,
  step: number,
  model: CausalLM,
  optimizer: optim.AdamW,
  { keep = 2 }: { keep?: number } = {},
): Promise<string> {
  nodeFiles(); // says what is wrong where there are no paths
  const path = inFolder(folder, `step-${String(step).padStart(6, "0")}`);
  try {
    await saveFolder(path, async (unfinished) => {
      await saveModel(unfinished, model);
      const { step: optimizerStep, m, v } = await optimizer.state();
      await writeSafetensors(
        inFolder(unfinished, "optimizer.safetensors"),
        new Map([
          ["m", { shape: [m.length], data: m }],
          ["v", { shape: [v.length], data: v }],
        ]),
      );
      const state: TrainerState = { step, generator: defaultGenerator.state(), optimizerStep };
      await writeJsonFile(unfinished, STATE_FILE, state);
    });
    const earlier = (await listCheckpoints(folder)).filter((old) => old.step <= step);
    for (const old of earlier.slice(keep)) await removeFolder(old.path);
  } catch (cause) {
    const message = `lm/saveCheckpoint: cannot write ${path}: ${(cause as Error).message}`;
    throw new LmError("ERR_IO", message, { cause, path });
  }
  return path;
}

/**
 * Puts weights, moments, random numbers and position back to a checkpoint's.
 *
 * @throws {LmError} `ERR_MISSING` when a file is not there, `ERR_FORMAT` for a state that is malformed or of another step
 *   than the folder's name says, and what loading weights throws
 */
export async function restoreCheckpoint(
  path: string,
  model: CausalLM,
  optimizer: optim.AdamW,
): Promise<TrainerState> {
  const state = await readState(path);
  const weights = await openCheckpoint(path);
  await loadWeights(model, weights).finally(() => weights.close());
  const moments = await openCheckpoint(inFolder(path, "optimizer.safetensors"));
  try {
    const [m, v] = [await moments.readFloat32("m"), await moments.readFloat32("v")];
    optimizer.restore({ step: state.optimizerStep, m: m.data, v: v.data });
  } finally {
    await moments.close();
  }
  defaultGenerator.restore(state.generator);
  return state;
}

async function readState(path: string): Promise<TrainerState> {
  const json = await readJsonFile(path, STATE_FILE);
  const file = inFolder(path, STATE_FILE);
  if (!json)
    throw new LmError("ERR_MISSING", `lm/restoreCheckpoint: there is no ${file}`, { path });
  const state = parseTrainerState(json, file);
  const named = complete.exec(path.slice(path.lastIndexOf("/") + 1))?.[1];
  if (named === undefined || Number(named) === state.step) return state;
  const message = `lm/checkpoint: ${file}: step must be ${Number(named)} as the folder's name says, got ${state.step}`;
  throw new LmError("ERR_FORMAT", message, { file, field: "step", value: state.step });
}
