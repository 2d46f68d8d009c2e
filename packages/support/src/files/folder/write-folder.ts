import { disk } from "../disk";
import { makeFolder } from "../make-folder";
import { inFolder } from "../paths";
import { removeFolder, saveFolder } from "../save-folder";
import { writeFileAtomic } from "../stage-file";
import { assertWritable, type DirectoryHandle, type Folder, nameOfFolder } from "./folder";
import { whileWriting } from "./folder-lock";
import { handleError, repairHandle, writeHandleFiles } from "./handle-files";
import { namesIn } from "./read-folder";

/** Content of a new file: made when it is asked for, so that large ones are not all in memory. */
export type Content = string | Uint8Array | Blob;

/** Marks a folder of a handle that is not whole yet. */
const MARK = ".deepgrain-unfinished";

const blobOf = (content: Content): Blob =>
  content instanceof Blob ? content : new Blob([content as string]);

/**
 * Writes files into a folder, which is made when a path is missing. In a handle and a Map all appear or none; at a path each
 * appears whole, in their order, so that the last one can commit the others.
 *
 * @param options.removed names of files that go with the old ones
 * @throws {FilesError} `ERR_IO` that says why, also for an address; `ERR_LOCKED` while other work writes there
 */
export async function saveFiles(
  folder: Folder,
  files: ReadonlyMap<string, Content>,
  { removed = [] }: { removed?: readonly string[] } = {},
): Promise<void> {
  assertWritable(folder);
  if (typeof folder === "string") {
    await makeFolder(folder);
    for (const [name, content] of files) {
      const bytes = content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
      await writeFileAtomic(inFolder(folder, name), typeof bytes === "string" ? bytes : [bytes]);
    }
    for (const name of removed) await disk.rm(inFolder(folder, name));
    return;
  }
  const blobs = new Map([...files].map(([name, content]) => [name, blobOf(content)]));
  await whileWriting(folder, async () => {
    if (!(folder instanceof Map)) return writeHandleFiles(folder, blobs, removed);
    for (const name of removed) folder.delete(name);
    for (const [name, content] of blobs) folder.set(name, content);
  });
}

/** Folders below, in which somebody writes; what a Map gets appears at the end. */
async function intoMap(
  folder: Map<string, Blob>,
  name: string,
  write: (folder: Folder) => Promise<void>,
): Promise<void> {
  const inside = new Map<string, Blob>();
  await write(inside);
  const start = `${name}/`;
  for (const key of [...folder.keys()]) if (key.startsWith(start)) folder.delete(key);
  for (const [key, content] of inside) folder.set(start + key, content);
}

/** Makes a folder in a folder and fills it, without a promise that it is whole. @throws {FilesError} `ERR_IO` */
export async function fillSubfolder(
  folder: Folder,
  name: string,
  write: (folder: Folder) => Promise<void>,
): Promise<void> {
  assertWritable(folder);
  if (folder instanceof Map) return intoMap(folder, name, write);
  if (typeof folder === "string") {
    await makeFolder(inFolder(folder, name));
    return write(inFolder(folder, name));
  }
  await write(await madeIn(folder, name));
}

const madeIn = (folder: DirectoryHandle, name: string): Promise<DirectoryHandle> =>
  folder.getDirectoryHandle(name, { create: true }).catch((error) => {
    throw handleError("make", `${name} of ${nameOfFolder(folder)}`, error);
  });

/**
 * Makes a folder in a folder, whole or not at all, in place of one of that name. In a handle one that is cut short stays
 * with a mark until {@link removeUnfinished}; readers must leave out what {@link isUnfinished}.
 *
 * @throws {FilesError} `ERR_IO` that says why, also for an address; what `write` throws
 */
export async function saveSubfolder(
  folder: Folder,
  name: string,
  write: (folder: Folder) => Promise<void>,
): Promise<void> {
  assertWritable(folder);
  if (folder instanceof Map) return whileWriting(folder, () => intoMap(folder, name, write));
  if (typeof folder === "string") return saveFolder(inFolder(folder, name), write);
  await whileWriting(folder, async () => {
    await removeSubfolder(folder, name);
    const made = await madeIn(folder, name);
    const fail = (error: unknown): never => {
      throw handleError("write", `${name} of ${nameOfFolder(folder)}`, error);
    };
    const mark = await made.getFileHandle(MARK, { create: true }).catch(fail);
    await mark.createWritable().then((stream) => stream.close(), fail);
    await write(made);
    await made.removeEntry(MARK).catch(fail);
  });
}

/** Removes a folder in a folder; one that is missing stays missing. @throws {FilesError} `ERR_IO` */
export async function removeSubfolder(folder: Folder, name: string): Promise<void> {
  assertWritable(folder);
  if (typeof folder === "string") return removeFolder(inFolder(folder, name));
  if (folder instanceof Map) {
    for (const key of [...folder.keys()]) if (key.startsWith(`${name}/`)) folder.delete(key);
    return;
  }
  await folder.removeEntry(name, { recursive: true }).catch((error) => {
    if ((error as { name?: unknown }).name === "NotFoundError") return;
    throw handleError("remove", `${name} of ${nameOfFolder(folder)}`, error);
  });
}

/** Whether a folder of a handle was cut short while it was made. */
export const isUnfinished = async (folder: Folder): Promise<boolean> =>
  typeof folder === "object" &&
  !(folder instanceof Map) &&
  (await folder.getFileHandle(MARK).then(
    () => true,
    () => false,
  ));

/** Removes what writes that were cut short left in a handle: their files, and folders that are not whole. */
export async function removeUnfinished(folder: Folder): Promise<void> {
  if (typeof folder === "string" || folder instanceof Map) return;
  await repairHandle(folder);
  for (const name of await namesIn(folder, "directory"))
    if (await isUnfinished(await folder.getDirectoryHandle(name)))
      await removeSubfolder(folder, name);
}
