import { dirname, join } from "node:path";
import { disk, FilesError, makeFolder, outputPlace } from "@deepgrain/support/files";
import { acquireLock, type Lock } from "@deepgrain/support/files/lock";

/** Name of the lock file inside a folder. */
export const LOCK_FILE = ".lock";

/** Something that a command writes: a file, a folder that it fills, or a folder that it replaces as a whole. */
export interface Output {
  kind: "file" | "folder" | "replaced-folder";
  /** Absolute. */
  path: string;
}

/**
 * The location of an output's lock: inside a folder that is kept, next to one that is replaced and next to the file that
 * links lead to. What is written through, such as a device, has none.
 */
async function lockFileOf({ kind, path }: Output): Promise<string | undefined> {
  if (kind === "folder") return join(path, LOCK_FILE);
  if (kind === "replaced-folder") return `${path}${LOCK_FILE}`;
  const place = await outputPlace(path);
  return place.kind === "file" ? `${place.path}${LOCK_FILE}` : undefined;
}

interface HeldOutput {
  lock: Lock;
  /** The folder that was created for the lock file. */
  made: string | undefined;
}

async function hold(path: string, what: string, output: string): Promise<HeldOutput> {
  const folder = dirname(path);
  const isNew = await makeFolder(folder);
  try {
    return { lock: await acquireLock(path, { what }), made: isNew ? folder : undefined };
  } catch (error) {
    if (isNew) await disk.rmdir(folder).catch(() => undefined);
    if (!FilesError.isInstance(error) || error.code !== "ERR_IO") throw error;
    const message = error.message.replaceAll(path, output); // nobody asked for the lock's file
    throw new FilesError("ERR_IO", message, { fields: { path: output }, cause: error });
  }
}

/**
 * Runs some work while no other process may write the same outputs. Missing folders are created, and deleted again if
 * the work leaves them empty.
 *
 * @param what shown to processes that must wait: the command
 * @param work receives a check that throws when an output's folder has since been deleted or taken over
 * @throws {FilesError} `ERR_LOCKED` when another process holds the lock; `ERR_IO`, also for a file that cannot be written
 *   to, as `outputPlace` says
 */
export async function withLocks<T>(
  outputs: readonly Output[],
  what: string,
  work: (assertOutputs: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const held: HeldOutput[] = [];
  try {
    for (const output of outputs) {
      const path = await lockFileOf(output);
      if (path !== undefined) held.push(await hold(path, what, output.path));
    }
    return await work(async () => {
      for (const { lock } of held) await lock.assertHeld();
    });
  } finally {
    for (const { lock, made } of held.reverse()) {
      await lock.release();
      if (made !== undefined) await disk.rmdir(made).catch(() => undefined); // if it is not empty, it is kept
    }
  }
}
