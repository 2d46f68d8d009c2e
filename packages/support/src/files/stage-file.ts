import { failing } from "./io-error";
import { syncFolder } from "./make-folder";
import { nodeFiles } from "./node-modules";
import { ownName } from "./own-names";
import { fileNameOf, folderOf } from "./paths";
import { removeLeftovers } from "./remove-leftovers";

/** The content of a file, written piece by piece. */
export type Chunks =
  | Iterable<string | Uint8Array<ArrayBufferLike>>
  | AsyncIterable<string | Uint8Array<ArrayBufferLike>>;

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
export async function stageFile(path: string, chunks: Chunks): Promise<StagedFile> {
  const { open, rename, rm } = nodeFiles();
  const fail = failing("write", path);
  const name = fileNameOf(path);
  await removeLeftovers(folderOf(path), { of: (target) => target === name });
  const temporary = ownName(path, "tmp");
  const discard = () => rm(temporary, { force: true });
  const handle = await open(temporary, "wx").catch(fail);
  try {
    for await (const chunk of chunks) await handle.appendFile(chunk).catch(fail);
    await handle.sync().catch(fail);
    await handle.close().catch(fail);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await discard().catch(() => undefined);
    throw error;
  }
  return { commit: () => rename(temporary, path).catch(fail), discard };
}

/**
 * Writes a file that appears whole or not at all: a kill at any moment leaves the old one or the new one.
 *
 * @param path its folder must be there
 * @throws {FilesError} `ERR_IO` when the file system refuses; whatever `chunks` throws
 */
export async function writeFileAtomic(path: string, content: string | Chunks): Promise<void> {
  const file = await stageFile(path, typeof content === "string" ? [content] : content);
  try {
    await file.commit();
  } catch (error) {
    await file.discard().catch(() => undefined);
    throw error;
  }
  await syncFolder(folderOf(path));
}
