import {
  FilesError,
  nodeFiles as findNodeFiles,
  makeFolder as makeFolderAt,
  reasonOf,
  systemCode,
  writeFileAtomic,
} from "@deepgrain/support/files";
import { EsftError } from "../errors";

export { inFolder } from "@deepgrain/support/files";

/** Node's file functions, loaded only when a path is used. @throws {EsftError} `ERR_IO` where there is no Node */
export function nodeFiles(): ReturnType<typeof findNodeFiles> {
  try {
    return findNodeFiles();
  } catch (cause) {
    throw new EsftError("ERR_IO", "esft/files: paths need Node", { cause });
  }
}

/** Wraps an error of the file system; `fields.isMissing` distinguishes a missing file from other failures. */
export function fileError(action: string, file: string, cause: unknown): EsftError {
  const isMissing = FilesError.isInstance(cause)
    ? cause.fields.isMissing === true
    : systemCode(cause) === "ENOENT";
  const message = `esft/files: cannot ${action} ${file}: ${reasonOf(cause)}`;
  return new EsftError("ERR_IO", message, { fields: { file, isMissing }, cause });
}

/** @throws {EsftError} `ERR_IO` when reading fails, or for a folder, a pipe or a device */
export async function readText(file: string): Promise<string> {
  const { readFile, stat } = nodeFiles();
  const fail = (cause: unknown): never => {
    throw fileError("read", file, cause);
  };
  // Before opening: opening a pipe without a writer blocks forever.
  if ((await stat(file).catch(fail)).isFile()) return readFile(file, "utf8").catch(fail);
  const message = `esft/files: ${file} must be a regular file`;
  throw new EsftError("ERR_IO", message, { fields: { file, isMissing: false } });
}

/** Names in a folder, sorted. @throws {EsftError} `ERR_IO` when reading fails */
export async function listFolder(folder: string): Promise<string[]> {
  const { readdir } = nodeFiles();
  const names = await readdir(folder).catch((cause) => {
    throw fileError("read", folder, cause);
  });
  return names.sort();
}

/** Creates a folder and its parents. @returns whether it did not exist before @throws {EsftError} `ERR_IO` */
export async function makeFolder(folder: string): Promise<boolean> {
  nodeFiles();
  return makeFolderAt(folder).catch((cause) => {
    throw fileError("make", folder, cause);
  });
}

/**
 * Writes a text file atomically: under another name, synced to disk, then renamed.
 * @throws {EsftError} `ERR_IO` when writing fails
 */
export async function writeText(file: string, text: string): Promise<void> {
  nodeFiles();
  await writeFileAtomic(file, text).catch((cause) => {
    throw fileError("write", file, cause);
  });
}
