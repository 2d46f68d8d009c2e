import { exists, inFolder, ioError, nodeFiles, systemCode } from "@deepgrain/support/files";
import { fail } from "../errors";

/** Name of the file that makes a folder a checkpoint. */
export const STATE_FILE = "trainer_state.json";

/** The step in the name of a checkpoint's folder; undefined for other names. */
export function stepOfName(path: string): number | undefined {
  const step = /(?:^|\/)step-(\d{1,15})$/.exec(path)?.[1];
  return step === undefined ? undefined : Number(step);
}

/** The path of the checkpoint of a step. */
export const checkpointPath = (folder: string, step: number): string =>
  inFolder(folder, `step-${String(step).padStart(6, "0")}`);

/** A folder that has a checkpoint's name. */
export interface CheckpointFolder {
  step: number;
  path: string;
}

/** @throws {TrainerError} `ERR_ARGUMENT` for names of parts that cannot be a folder's on every system */
export function checkPartNames(names: readonly string[]): void {
  const name = names.find((one) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(one));
  if (name === undefined) return;
  const message = `trainer/fit: names of parts must be lower-case words joined by hyphens, got ${JSON.stringify(name)}`;
  fail("ERR_ARGUMENT", message, { name });
}

/** All folders of a folder that have a checkpoint's name, newest first, also damaged and foreign ones. */
export async function findCheckpoints(folder: string): Promise<CheckpointFolder[]> {
  const entries = await nodeFiles()
    .readdir(folder, { withFileTypes: true })
    .catch(() => []);
  return entries
    .flatMap((entry) => {
      const step = entry.isDirectory() ? stepOfName(entry.name) : undefined;
      return step === undefined ? [] : [{ step, path: inFolder(folder, entry.name) }];
    })
    .sort((a, b) => b.step - a.step);
}

/** Whether `saveCheckpoint` made it: its state file is there. */
export const isCheckpoint = ({ path }: CheckpointFolder): Promise<boolean> =>
  exists(inFolder(path, STATE_FILE));

/** Checkpoints of a folder, newest first. Folders `step-<n>` without a trainer_state.json are none. */
export async function listCheckpoints(folder: string): Promise<CheckpointFolder[]> {
  const found = await findCheckpoints(folder);
  const own = await Promise.all(found.map(isCheckpoint));
  return found.filter((_, i) => own[i]);
}

/** @throws {TrainerError} `ERR_MISSING` when the file is not there, `ERR_FORMAT` when it is not JSON */
export async function readJson(file: string): Promise<unknown> {
  const text = await nodeFiles()
    .readFile(file, "utf8")
    .catch((cause: unknown) => {
      if (systemCode(cause) !== "ENOENT") throw ioError("read", file, cause);
      return fail("ERR_MISSING", `trainer/checkpoint: there is no ${file}`, { file }, cause);
    });
  try {
    return JSON.parse(text);
  } catch (cause) {
    return fail("ERR_FORMAT", `trainer/checkpoint: ${file} is not JSON`, { file }, cause);
  }
}
