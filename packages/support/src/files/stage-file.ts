import { disk } from "./disk";
import { failing } from "./io-error";
import { syncFolder } from "./make-folder";
import { ownName } from "./own-names";
import { fileNameOf, folderOf } from "./paths";
import { removeLeftovers } from "./remove-leftovers";

/** The content of a file, written piece by piece. */
export type Chunks =
  | Iterable<string | Uint8Array<ArrayBufferLike>>
  | AsyncIterable<string | Uint8Array<ArrayBufferLike>>;

/** Options of {@link writeFileAtomic}. */
export interface WriteOptions {
  /** Who may read and write the file, as Node's `mode`: 0o600 for its owner alone. Default: as the system gives it. */
  mode?: number | undefined;
}

/** A file written in full under a temporary name. */
export interface StagedFile {
  /** Gives the file its real name, over whatever file stood there. */
  commit(): Promise<void>;
  /** Deletes it instead. */
  discard(): Promise<void>;
}

/**
 * Writes a file under a temporary name in the folder of `path` and forces it to the disk. If writing fails, nothing is
 * left; what processes that were killed left of the same file is deleted first.
 *
 * @param path where the file will be after `commit`; its folder must be there
 * @throws {FilesError} `ERR_IO` when the file system refuses; whatever `chunks` throws
 */
export async function stageFile(
  path: string,
  chunks: Chunks,
  { mode }: WriteOptions = {},
): Promise<StagedFile> {
  const fail = failing("write", path);
  const name = fileNameOf(path);
  await removeLeftovers(folderOf(path), { of: (target) => target === name });
  const temporary = ownName(path, "tmp");
  const discard = () => disk.rm(temporary);
  const handle = await disk.open(temporary, "wx", mode).catch(fail);
  try {
    for await (const chunk of chunks) await disk.write(handle, chunk).catch(fail);
    await disk.sync(handle).catch(fail);
    await disk.close(handle).catch(fail);
  } catch (error) {
    await disk.close(handle).catch(() => undefined);
    await discard().catch(() => undefined);
    throw error;
  }
  return { commit: () => disk.rename(temporary, path).catch(fail), discard };
}

/**
 * Writes a file that appears whole or not at all: a kill at any moment leaves the old one or the new one.
 *
 * @param path its folder must be there
 * @throws {FilesError} `ERR_IO` when the file system refuses; whatever `chunks` throws
 */
export async function writeFileAtomic(
  path: string,
  content: string | Chunks,
  options: WriteOptions = {},
): Promise<void> {
  const file = await stageFile(path, typeof content === "string" ? [content] : content, options);
  try {
    await file.commit();
  } catch (error) {
    await file.discard().catch(() => undefined);
    throw error;
  }
  await syncFolder(folderOf(path));
}
