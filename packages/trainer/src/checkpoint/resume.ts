import { removeLeftovers } from "@deepgrain/files";
import { TrainerError } from "../errors";
import { type CheckpointContents, restoreCheckpoint } from "./checkpoint";
import { findCheckpoints, isCheckpoint, isCheckpointName, listCheckpoints } from "./folders";

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
 * @throws {TrainerError} `ERR_STATE` for a run that begins anew while the folder holds checkpoints: they would be mixed up
 */
export async function prepareCheckpoints(folder: string, isResumed: boolean): Promise<void> {
  await removeLeftovers(folder, { of: isCheckpointName });
  const [newest] = isResumed ? [] : await listCheckpoints(folder);
  if (!newest) return;
  const message = `trainer/fit: ${folder} holds checkpoints of an earlier run (${newest.path}); resume it, delete them, or take another folder`;
  throw new TrainerError("ERR_STATE", message, { fields: { folder, path: newest.path } });
}

/**
 * Restores the newest checkpoint that is whole.
 *
 * @yields each one that is passed over: damaged, or a stray folder with such a name
 * @returns its step; 0 without any
 * @throws {TrainerError} `ERR_FORMAT` when there are checkpoints and none is whole
 */
export async function* restoreNewest(
  folder: string,
  contents: CheckpointContents,
): AsyncGenerator<SkippedCheckpoint, number> {
  const damaged: string[] = [];
  for (const found of await findCheckpoints(folder)) {
    const { step, path } = found;
    try {
      return (await restoreCheckpoint(path, contents)).step;
    } catch (error) {
      if (!isDamage(error)) throw error;
      const reason = error.message;
      if (await isCheckpoint(found)) damaged.push(reason);
      yield { type: "checkpoint-skip", step, path, reason };
    }
  }
  if (damaged.length === 0) return 0;
  const message = `trainer/fit: no checkpoint in ${folder} is whole: ${damaged.join("; ")}`;
  throw new TrainerError("ERR_FORMAT", message, { fields: { folder, damaged } });
}

/** Failures that lie in the files: they carry a code, or JSON was malformed. A lack of memory and a bug do not. */
function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return error instanceof SyntaxError || (typeof code === "string" && code !== "ERR_MEMORY");
}
