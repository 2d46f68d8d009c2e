import { fileError, nodeFiles } from "./node-modules";

/** A file written in full under a temporary name. */
export interface StagedFile {
  /** Gives the file its real name, over whatever stood there. */
  commit(): Promise<void>;
  /** Deletes it instead. */
  discard(): Promise<void>;
}

let staged = 0;

/**
 * Writes a file under a temporary name in the folder of `path` and forces it to the disk. If writing fails,
 * nothing is left.
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
  const temporary = `${path}.${process.pid}-${Date.now()}-${staged++}.tmp`;
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
