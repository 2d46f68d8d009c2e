import { fileError, nodeFiles } from "./node-modules";
import { fileNameOf, folderOf } from "./paths";

/** A file written in full under a temporary name. */
export interface StagedFile {
  /** Gives the file its real name, over whatever stood there. */
  commit(): Promise<void>;
  /** Deletes it instead. */
  discard(): Promise<void>;
}

/**
 * Writes a file under a temporary name in the folder of `path` and forces it to the disk. If writing fails,
 * nothing is left; what processes that were killed left of the same file is deleted first.
 *
 * @param path where the file will be after `commit`
 * @param chunks its content, written piece by piece
 * @throws {TensorError} `ERR_IO` when the file system refuses; whatever `chunks` throws
 */
export async function stageFile(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<StagedFile> {
  const { open, rename, rm } = await nodeFiles();
  const fail = (cause: unknown): never => {
    throw fileError("write", path, cause);
  };
  await removeAbandoned(path);
  const temporary = `${path}.${process.pid}-${crypto.randomUUID()}.tmp`;
  const discard = () => rm(temporary, { force: true });
  const handle = await open(temporary, "wx").catch(fail);
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; )
        at += (await handle.write(chunk, at, chunk.length - at).catch(fail)).bytesWritten;
    }
    await handle.sync().catch(fail);
    await handle.close();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await discard();
    throw error;
  }
  return { commit: () => rename(temporary, path).catch(fail), discard };
}

/** Forces a folder's list of names to the disk where the system can do that (Windows cannot, and need not). */
export async function syncFolder(folder: string): Promise<void> {
  const { open } = await nodeFiles();
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Deletes temporary files of `path` whose process is gone. */
async function removeAbandoned(path: string): Promise<void> {
  const { readdir, rm } = await nodeFiles();
  const names = await readdir(folderOf(path)).catch(() => []); // a missing folder is reported on opening
  for (const name of names) {
    if (!name.startsWith(`${fileNameOf(path)}.`)) continue;
    const pid = /\.(\d+)-[0-9a-f-]{36}\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(folderOf(path) + name, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0); // signal 0 only asks
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
