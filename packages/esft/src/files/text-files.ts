import {
  assertWritable,
  FilesError,
  type Folder,
  nodeFiles as findNodeFiles,
  isAddress,
  makeFolder as makeFolderAt,
  namesIn,
  reasonOf,
  systemCode,
  writeFileAtomic,
} from "@deepgrain/support/files";
import { EsftError } from "../errors";

export {
  fileIn,
  inFolder,
  isAddress,
  nameInFolder,
  nameOfFolder,
  textIn,
} from "@deepgrain/support/files";

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

/** Makes a path that is missing. @throws {EsftError} `ERR_IO` for a folder that cannot be written, saying what to give instead */
export async function readyFolder(folder: Folder): Promise<void> {
  try {
    assertWritable(folder);
  } catch (cause) {
    throw folderError(cause);
  }
  if (typeof folder === "string") await makeFolder(folder);
}

function folderError(cause: unknown): EsftError {
  const { message, fields } = cause as FilesError;
  return new EsftError("ERR_IO", `esft/${message}`, { fields, cause });
}

/** Names of the files in a folder of any kind, sorted. @throws {EsftError} `ERR_IO`, also for an address */
export async function namesInFolder(folder: Folder): Promise<string[]> {
  if (typeof folder === "string" && !isAddress(folder)) return listFolder(folder);
  return namesIn(folder, "file").catch((cause) => {
    throw folderError(cause);
  });
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
