import { inFolder, nodeFiles } from "@deepgrain/files";

/** Name of the file that makes a folder a checkpoint. */
export const STATE_FILE = "trainer_state.json";

const complete = /^step-(\d{1,15})$/;

/** True for the name of a checkpoint's folder, whether or not there is one. */
export const isCheckpointName = (name: string): boolean => complete.test(name);

/** The step in the name of a checkpoint's folder; undefined for other names. */
export function stepOfName(path: string): number | undefined {
  const step = complete.exec(path.slice(path.lastIndexOf("/") + 1))?.[1];
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
export async function isCheckpoint({ path }: CheckpointFolder): Promise<boolean> {
  return nodeFiles()
    .access(inFolder(path, STATE_FILE))
    .then(
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
