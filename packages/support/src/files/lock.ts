import { disk } from "./disk";
import { FilesError } from "./errors";
import { failing, ioError, systemCode } from "./io-error";
import { nodeFiles, nodeOs } from "./node-modules";
import { ownName } from "./own-names";
import { fileNameOf, folderOf } from "./paths";
import { isRunning, type ProcessIdentity, thisProcess } from "./process-identity";
import { removeLeftovers } from "./remove-leftovers";

/** The holder of a lock, as its file names it. */
export interface LockHolder extends ProcessIdentity {
  host: string;
  /** The holder's task, for people. */
  what: string;
  /** When it took the lock, as an ISO date. */
  since: string;
}

/** A lock that is held. */
export interface Lock {
  /** Path of the lock file. */
  readonly path: string;
  /** @throws {FilesError} `ERR_IO` when the lock file is gone, with its folder for instance, or another's */
  assertHeld(): Promise<void>;
  /** Gives the lock back; never fails. A lock file that is gone or another's is left as it is. */
  release(): Promise<void>;
}

/** Options of {@link acquireLock}. */
export interface LockOptions {
  /** The holder's task, such as `deepgrain start`; shown to those who must wait. */
  what: string;
}

/**
 * Takes a lock: a file with the holder's process number, start time and host. The lock of a process that is gone is
 * taken over, also where its number was given to another process since; one of another host is respected.
 *
 * @param path of the lock file; its folder must be there
 * @throws {FilesError} `ERR_LOCKED` while another process holds it, or this one does; `ERR_IO`
 */
export async function acquireLock(path: string, { what }: LockOptions): Promise<Lock> {
  const since = new Date().toISOString();
  const mine: LockHolder = { ...thisProcess(), host: nodeOs().hostname(), what, since };
  const text = `${JSON.stringify({ ...mine, id: globalThis.crypto.randomUUID() })}\n`;
  while (!(await create(path, text))) await breakStale(path);
  const name = fileNameOf(path);
  await removeLeftovers(folderOf(path), { of: (target) => target === name });
  const isMine = async () => (await readLock(path)) === text;
  return {
    path,
    async assertHeld() {
      if (!(await isMine()))
        throw ioError("go on writing beside", path, new Error("the lock was deleted meanwhile"));
    },
    async release() {
      // Where that fails, the lock is known to be stale as soon as this process has ended.
      if (await isMine().catch(() => false)) await disk.rm(path).catch(() => undefined);
    },
  };
}

/** Does some work while a lock is held, and gives it back whatever happens. @throws as {@link acquireLock} */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(path, options);
  try {
    return await work(lock);
  } finally {
    await lock.release();
  }
}

/** Makes the file with its whole content, unless it is there already. */
async function create(path: string, text: string): Promise<boolean> {
  const prepared = ownName(path, "tmp");
  try {
    await writeNew(prepared, text).catch(failing("write", path));
    await disk.link(prepared, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    if (FilesError.isInstance(error)) throw error;
    return await createPlainly(path, text); // no hard links here
  } finally {
    await disk.rm(prepared).catch(() => undefined);
  }
}

/** Makes a file, unless something has its name. */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await disk.open(path, "wx");
  try {
    await disk.write(file, text);
  } catch (error) {
    await disk.rm(path).catch(() => undefined);
    throw error;
  } finally {
    await disk.close(file);
  }
}

async function createPlainly(path: string, text: string): Promise<boolean> {
  try {
    await writeNew(path, text);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw ioError("write", path, error);
  }
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await nodeFiles().readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw ioError("read", path, error);
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const { pid, start, host, what, since } = JSON.parse(text) as LockHolder;
    const isHolder = Number.isInteger(pid) && pid > 0 && [start, host].every((s) => `${s}` === s);
    return isHolder ? { pid, start, host, what: String(what), since: String(since) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes the lock file if its holder is gone. It is renamed first and looked at again, so that of several processes that
 * saw the stale lock none deletes the fresh lock of another.
 */
async function breakStale(path: string): Promise<void> {
  const text = await readLock(path);
  if (text === undefined) return;
  const holder = parseHolder(text);
  if (holder) assertStale(path, holder);
  const aside = ownName(path, "gone");
  const isMoved = await disk.rename(path, aside).then(
    () => true,
    (error) => (systemCode(error) === "ENOENT" ? false : failing("write", path)(error)),
  );
  if (!isMoved) return;
  if ((await readLock(aside)) !== text) await disk.link(aside, path).catch(() => undefined);
  await disk.rm(aside);
}

function assertStale(path: string, holder: LockHolder): void {
  const { pid, host, what, since } = holder;
  const isElsewhere = host !== nodeOs().hostname();
  if (!isElsewhere && !isRunning(holder)) return;
  const where = isElsewhere ? `process ${pid} on ${host}` : `process ${pid}`;
  const advice = isElsewhere ? `; delete ${path} if that process is gone` : "";
  const message = `files/lock: ${path} is held by "${what}" (${where}, since ${since}); wait for it to end${advice}`;
  throw new FilesError("ERR_LOCKED", message, { fields: { path, holder } });
}
