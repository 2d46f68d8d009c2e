import { rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { acquireLock, type Lock, makeFolder } from "@deepgrain/support/files";

/** Name of the lock file inside a folder. */
export const LOCK_FILE = ".lock";

/** Something that a command writes: a file, a folder that it fills, or a folder that it replaces as a whole. */
export interface Output {
  kind: "file" | "folder" | "replaced-folder";
  /** Absolute. */
  path: string;
}

/** The location of an output's lock: inside a folder that is kept, next to one that is replaced. */
const lockFileOf = ({ kind, path }: Output): string =>
  kind === "folder" ? join(path, LOCK_FILE) : `${path}${LOCK_FILE}`;

interface HeldOutput {
  lock: Lock;
  /** The folder that was created for the lock file. */
  made: string | undefined;
}

async function hold(output: Output, what: string): Promise<HeldOutput> {
  const path = lockFileOf(output);
  const folder = dirname(path);
  const isNew = await makeFolder(folder);
  try {
    return { lock: await acquireLock(path, { what }), made: isNew ? folder : undefined };
  } catch (error) {
    if (isNew) await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/**
 * Runs some work while no other process may write the same outputs. Missing folders are created, and deleted again if
 * the work leaves them empty.
 *
 * @param what shown to processes that must wait: the command
 * @param work receives a check that throws when an output's folder has since been deleted or taken over
 * @throws {FilesError} `ERR_LOCKED` when another process holds the lock; `ERR_IO`
 */
export async function withLocks<T>(
  outputs: readonly Output[],
  what: string,
  work: (assertOutputs: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const held: HeldOutput[] = [];
  try {
    for (const output of outputs) held.push(await hold(output, what));
    return await work(async () => {
      for (const { lock } of held) await lock.assertHeld();
    });
  } finally {
    for (const { lock, made } of held.reverse()) {
      await lock.release();
      if (made !== undefined) await rmdir(made).catch(() => undefined); // if it is not empty, it is kept
    }
  }
}
