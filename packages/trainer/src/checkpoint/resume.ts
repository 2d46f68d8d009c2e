import {
  assertWritable,
  type Folder,
  nameOfFolder,
  removeLeftovers,
  removeUnfinished,
  subfolder,
} from "@deepgrain/support/files";
import { fail } from "../errors";
import { type CheckpointContents, restoreCheckpoint } from "./checkpoint";
import { findCheckpoints, isCheckpoint, listCheckpoints, stepOfName } from "./folders";

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
export async function prepareCheckpoints(folder: Folder, isResumed: boolean): Promise<void> {
  try {
    assertWritable(folder);
  } catch (cause) {
    fail("ERR_IO", `trainer/fit: ${(cause as Error).message}`, { folder }, cause);
  }
  if (typeof folder === "string")
    await removeLeftovers(folder, { of: (name) => stepOfName(name) !== undefined });
  else await removeUnfinished(folder);
  const [newest] = isResumed ? [] : await listCheckpoints(folder);
  if (!newest) return;
  const message = `trainer/fit: ${nameOfFolder(folder)} holds checkpoints of an earlier run (${newest.path}); resume it, delete them, or take another folder`;
  fail("ERR_STATE", message, { folder, path: newest.path });
}

/**
 * Restores the newest checkpoint that is whole.
 *
 * @yields each one that is passed over: damaged, or a stray folder with such a name
 * @returns its step; 0 without any
 * @throws {TrainerError} `ERR_FORMAT` when there are checkpoints and none is whole
 */
export async function* restoreNewest(
  folder: Folder,
  contents: CheckpointContents,
): AsyncGenerator<SkippedCheckpoint, number> {
  const damaged: string[] = [];
  for (const found of await findCheckpoints(folder)) {
    try {
      return (await restoreCheckpoint(await subfolder(folder, found.name), contents)).step;
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (await isCheckpoint(folder, found)) damaged.push(error.message);
      const { step, path } = found;
      yield { type: "checkpoint-skip", step, path, reason: error.message };
    }
  }
  if (damaged.length === 0) return 0;
  const message = `trainer/fit: no checkpoint in ${nameOfFolder(folder)} is whole: ${damaged.join("; ")}`;
  return fail("ERR_FORMAT", message, { folder, damaged });
}

/** Failures that lie in the files: they carry a code, or JSON was malformed. A lack of memory and a bug do not. */
function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return error instanceof SyntaxError || (typeof code === "string" && code !== "ERR_MEMORY");
}
