import {
  FilesError,
  nodeFiles as findNodeFiles,
  inFolder,
  makeFolder,
  reasonOf,
  writeFileAtomic,
} from "@deepgrain/support/files";
import { LmError } from "./errors";

/** Node's file functions, loaded only when a path is used. @throws {LmError} `ERR_IO` where there is no Node */
function nodeFiles(): ReturnType<typeof findNodeFiles> {
  try {
    return findNodeFiles();
  } catch (cause) {
    throw new LmError("ERR_IO", "lm/files: paths need Node; pass an http address instead", {
      cause,
    });
  }
}

/** Converts a failed file operation to an `ERR_IO` with the cause. Other errors stay as they are. */
function asLmError(error: unknown): unknown {
  if (!FilesError.isInstance(error)) return error;
  const { action, path, reason } = error.fields;
  const message = `lm/files: cannot ${action} ${path}: ${reason}`;
  return new LmError("ERR_IO", message, { fields: { path }, cause: error });
}

const isAddress = (folder: string) => /^https?:\/\//i.test(folder);

async function fetchText(address: string, fetcher: typeof fetch): Promise<string | undefined> {
  let response: Response;
  try {
    response = await fetcher(address);
  } catch (cause) {
    throw new LmError("ERR_IO", `lm/files: cannot fetch ${address}`, {
      fields: { address },
      cause,
    });
  }
  if (response.status === 404) return undefined;
  if (response.ok) return response.text();
  throw new LmError("ERR_IO", `lm/files: ${address} answered ${response.status}`, {
    fields: { address, status: response.status },
  });
}

/**
 * Reads a text file of a folder; `undefined` when it does not exist.
 *
 * @param folder path (Node) or http(s) address
 * @param options.fetch function to fetch with, default the global one
 * @throws {LmError} `ERR_IO` when reading fails for another reason than absence
 */
export async function readTextFile(
  folder: string,
  name: string,
  { fetch: fetcher = globalThis.fetch }: { fetch?: typeof fetch | undefined } = {},
): Promise<string | undefined> {
  const path = `${folder.replace(/\/+$/, "")}/${name}`;
  if (isAddress(folder)) return fetchText(path, fetcher);
  const { readFile, stat } = nodeFiles();
  try {
    // Before opening: opening a pipe without a writer blocks forever.
    if ((await stat(path)).isFile()) return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return undefined;
    const message = `lm/files: cannot read ${path}: ${reasonOf(cause)}`;
    throw new LmError("ERR_IO", message, { fields: { path }, cause });
  }
  throw new LmError("ERR_IO", `lm/files: ${path} must be a regular file`, { fields: { path } });
}

/**
 * Reads a JSON object of a folder; `undefined` when the file does not exist.
 *
 * @throws {LmError} `ERR_IO` when reading fails, `ERR_FORMAT` when the file is not a JSON object
 */
export async function readJsonFile(
  folder: string,
  name: string,
  options: { fetch?: typeof fetch | undefined } = {},
): Promise<Record<string, unknown> | undefined> {
  const text = await readTextFile(folder, name, options);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    throw new LmError("ERR_FORMAT", `lm/files: ${folder}/${name} is not JSON`, {
      fields: { folder, name },
      cause,
    });
  }
  throw new LmError("ERR_FORMAT", `lm/files: ${folder}/${name} is not a JSON object`, {
    fields: { folder, name },
  });
}

/**
 * Writes a text file into a folder, which is made when it is missing. The write is atomic: the file is first written
 * and synced under another name.
 *
 * @throws {LmError} `ERR_IO` when writing fails
 */
export async function writeTextFile(folder: string, name: string, text: string): Promise<void> {
  nodeFiles(); // says what to pass instead if paths are not available
  try {
    await makeFolder(folder);
    await writeFileAtomic(inFolder(folder, name), text);
  } catch (error) {
    throw asLmError(error);
  }
}

/** Writes a value as indented JSON, as `writeTextFile` does. @throws {LmError} `ERR_IO` when writing fails */
export const writeJsonFile = (folder: string, name: string, value: unknown): Promise<void> =>
  writeTextFile(folder, name, `${JSON.stringify(value, undefined, 2)}\n`);
