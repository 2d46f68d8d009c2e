import { removeLeftovers } from "@deepgrain/files";
import { type optim, TensorError } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import {
  findCheckpoints,
  isCheckpoint,
  isCheckpointName,
  listCheckpoints,
  restoreCheckpoint,
} from "./checkpoint";

/** A checkpoint that could not be restored and was passed over. */
export interface SkippedCheckpoint {
  type: "checkpoint-skip";
  /** As the folder's name says. */
  step: number;
  path: string;
  reason: string;
}

/**
 * Readies a folder for the checkpoints of a run: deletes what killed processes left of theirs.
 *
 * @throws {LmError} `ERR_STATE` for a run that begins anew while the folder holds checkpoints: they would be mixed up
 */
export async function prepareCheckpoints(folder: string, isResumed: boolean): Promise<void> {
  await removeLeftovers(folder, { of: isCheckpointName });
  const [newest] = isResumed ? [] : await listCheckpoints(folder);
  if (!newest) return;
  const message = `lm/train: ${folder} holds checkpoints of an earlier run (${newest.path}); resume it, delete them, or take another folder`;
  throw new LmError("ERR_STATE", message, { folder, path: newest.path });
}

/**
 * Restores the newest checkpoint that is whole.
 *
 * @yields each one that is passed over: damaged, or a stray folder with such a name
 * @returns its step; 0 without any
 * @throws {LmError} `ERR_FORMAT` when there are checkpoints and none is whole
 */
export async function* restoreNewest(
  folder: string,
  model: CausalLM,
  optimizer: optim.AdamW,
): AsyncGenerator<SkippedCheckpoint, number> {
  const damaged: string[] = [];
  for (const found of await findCheckpoints(folder)) {
    const { step, path } = found;
    try {
      return (await restoreCheckpoint(path, model, optimizer)).step;
    } catch (error) {
      if (!isDamage(error)) throw error;
      const reason = error.message;
      if (await isCheckpoint(found)) damaged.push(reason);
      yield { type: "checkpoint-skip", step, path, reason };
    }
  }
  if (damaged.length === 0) return 0;
  const message = `lm/train: no checkpoint in ${folder} is whole: ${damaged.join("; ")}`;
  throw new LmError("ERR_FORMAT", message, { folder, damaged });
}

/** Failures that lie in the files; a lack of memory, for instance, does not. */
const isDamage = (error: unknown): error is LmError | TensorError =>
  LmError.isInstance(error) || (TensorError.isInstance(error) && error.code !== "ERR_MEMORY");
