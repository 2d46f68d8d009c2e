import {
  exists,
  type Folder,
  fileIn,
  ioError,
  isUnfinished,
  nameInFolder,
  namesIn,
  nodeFiles,
  removeSubfolder,
  subfolder,
  systemCode,
} from "@deepgrain/support/files";
import { notJson } from "@deepgrain/support/json";
import { fail, folderOf } from "../errors";

/** Name of the file that makes a folder a checkpoint. */
export const STATE_FILE = "trainer_state.json";

/** The step in the name of a checkpoint's folder; undefined for other names. */
export function stepOfName(path: string): number | undefined {
  const step = /(?:^|\/)step-(\d{1,15})$/.exec(path)?.[1];
  return step === undefined ? undefined : Number(step);
}

/** The name of the folder of a step's checkpoint. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(6, "0")}`;

/** A folder that has a checkpoint's name. */
export interface CheckpointFolder {
  step: number;
  /** As messages name it; of a folder at a path, its path. */
  path: string;
  /** Its name in the folder of checkpoints. */
  name: string;
}

/** @throws {TrainerError} `ERR_ARGUMENT` for names of parts that cannot be a folder's on every system */
export function checkPartNames(names: readonly string[]): void {
  const name = names.find((one) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(one));
  if (name === undefined) return;
  const message = `trainer/fit: names of parts must be lower-case words joined by hyphens, got ${JSON.stringify(name)}`;
  fail("ERR_ARGUMENT", message, { name });
}

/** All folders of a folder that have a checkpoint's name, newest first, also damaged and foreign ones. */
export async function findCheckpoints(folder: Folder): Promise<CheckpointFolder[]> {
  const names = await namesIn(folder, "directory");
  return names
    .flatMap((name) => {
      const step = stepOfName(name);
      return step === undefined ? [] : [{ step, name, path: nameInFolder(folder, name) }];
    })
    .sort((a, b) => b.step - a.step);
}

/** Whether `saveCheckpoint` made it: its state file is there, and it was not cut short. */
export async function isCheckpoint(folder: Folder, { name }: CheckpointFolder): Promise<boolean> {
  const own = await subfolder(folder, name);
  const state = await fileIn(own, STATE_FILE);
  if (typeof state === "string") return exists(state);
  return state !== undefined && !(await isUnfinished(own));
}

/** Checkpoints of a folder, newest first. Folders `step-<n>` without a trainer_state.json are none. */
export async function listCheckpoints(folder: Folder): Promise<CheckpointFolder[]> {
  folderOf("listCheckpoints", "folder", folder);
  const found = await findCheckpoints(folder);
  const own = await Promise.all(found.map((one) => isCheckpoint(folder, one)));
  return found.filter((_, i) => own[i]);
}

/** Deletes all checkpoints up to a step but the `keep` newest. @throws {FilesError} `ERR_IO` */
export async function removeOldCheckpoints(folder: Folder, step: number, keep = 2): Promise<void> {
  const earlier = (await listCheckpoints(folder)).filter((old) => old.step <= step);
  for (const old of earlier.slice(keep)) await removeSubfolder(folder, old.name);
}

/** A value as the text of an indented JSON file. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** @throws {TrainerError} `ERR_MISSING` when the file is not there, `ERR_FORMAT` when it is not JSON */
export async function readJson(folder: Folder, name: string): Promise<unknown> {
  const place = await fileIn(folder, name);
  const file = nameInFolder(folder, name);
  const missing = (cause?: unknown): never =>
    fail("ERR_MISSING", `trainer/checkpoint: there is no ${file}`, { file }, cause);
  if (place === undefined) return missing();
  const text =
    typeof place === "string"
      ? await nodeFiles()
          .readFile(place, "utf8")
          .catch((cause: unknown) => {
            if (systemCode(cause) !== "ENOENT") throw ioError("read", file, cause);
            return missing(cause);
          })
      : await place.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    return fail("ERR_FORMAT", `trainer/checkpoint: ${file}: ${notJson(text)}`, { file }, cause);
  }
}
