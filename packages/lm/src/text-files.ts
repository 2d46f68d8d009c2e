import type { Budget, BudgetLimits } from "@deepgrain/support";
import {
  FilesError,
  type Folder,
  fileIn,
  isAddress,
  nameInFolder,
  nameOfFolder,
  namesIn,
  nodeFiles,
  reasonOf,
  saveFiles,
  textIn,
} from "@deepgrain/support/files";
import { budgetOf, LmError } from "./errors";

export { type Folder, nameInFolder, nameOfFolder } from "@deepgrain/support/files";

/** This package's error for one of a file operation; a folder that is in use, and other errors, stay as they are. */
export function rethrow(error: unknown): never {
  if (!FilesError.isInstance(error) || error.code === "ERR_LOCKED") throw error;
  const { action, path, reason } = error.fields;
  if (error.code === "ERR_PLATFORM") {
    const message =
      "lm/files: paths need Node; give an http address (to read), a FileSystemDirectoryHandle or a Map of Blobs by name";
    throw new LmError("ERR_IO", message, { cause: error });
  }
  const message =
    action === undefined ? error.message : `files: cannot ${action} ${path}: ${reason}`;
  throw new LmError("ERR_IO", `lm/${message}`, { fields: { path }, cause: error });
}

/** Bytes of a model's text files: published tokenizers have up to 35 MB. */
const fileLimits: BudgetLimits = { bytes: 2 ** 27 };

/** Options of reading a text file. */
interface ReadOptions {
  /** Function to fetch with, default the global one. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Counts the file's bytes before they are read; default 128 MiB. */
  budget?: Budget | undefined;
}

/** The budget of a function that reads text files: 128 MiB in all by default. @param door names it in errors */
export const fileBudget = (door: string, given: BudgetLimits | Budget | undefined): Budget =>
  budgetOf(door, given, fileLimits);

/** The text of a response, counted as it arrives. @throws {LmError} `ERR_LIMIT` */
export async function textOfResponse({ body }: Response, budget: Budget): Promise<string> {
  const reader = body?.getReader() as
    | { read(): Promise<{ value?: Uint8Array | undefined }>; cancel(): Promise<void> }
    | undefined;
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { value } = (await reader?.read()) ?? {};
      if (!value) return text + decoder.decode();
      budget.spendBytes(value.length);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader?.cancel().catch(() => undefined); // it failed, or is at its end
  }
}

async function fetchText(
  address: string,
  fetcher: typeof fetch,
  budget: Budget,
): Promise<string | undefined> {
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
  if (response.ok) return textOfResponse(response, budget);
  throw new LmError("ERR_IO", `lm/files: ${address} answered ${response.status}`, {
    fields: { address, status: response.status },
  });
}

async function readPath(path: string, budget: Budget): Promise<string | undefined> {
  let files: ReturnType<typeof nodeFiles>;
  try {
    files = nodeFiles();
  } catch (error) {
    return rethrow(error);
  }
  try {
    // Before opening: opening a pipe without a writer blocks forever.
    const found = await files.stat(path);
    if (found.isFile()) {
      budget.spendBytes(found.size);
      return await files.readFile(path, "utf8");
    }
  } catch (cause) {
    if (LmError.isInstance(cause)) throw cause; // the budget's
    if ((cause as { code?: unknown }).code === "ENOENT") return undefined;
    const message = `lm/files: cannot read ${path}: ${reasonOf(cause)}`;
    throw new LmError("ERR_IO", message, { fields: { path }, cause });
  }
  throw new LmError("ERR_IO", `lm/files: ${path} must be a regular file`, { fields: { path } });
}

/**
 * Reads a text file of a folder; `undefined` when it does not exist.
 *
 * @param folder path (Node), http(s) address, directory handle or Map
 * @throws {LmError} `ERR_IO` when reading fails for another reason than absence, or for what is no folder; `ERR_LIMIT`
 */
export async function readTextFile(
  folder: Folder,
  name: string,
  { fetch: fetcher = globalThis.fetch, budget = fileBudget("files", undefined) }: ReadOptions = {},
): Promise<string | undefined> {
  if (typeof folder !== "string") {
    const content = await fileIn(folder, name).catch(rethrow);
    if (content instanceof Blob) budget.spendBytes(content.size);
    return textIn(folder, name).catch(rethrow);
  }
  const path = `${folder.replace(/\/+$/, "")}/${name}`;
  return isAddress(folder) ? fetchText(path, fetcher, budget) : readPath(path, budget);
}

/**
 * Reads a JSON object of a folder; `undefined` when the file does not exist.
 *
 * @throws {LmError} `ERR_IO` when reading fails, `ERR_FORMAT` when the file is not a JSON object
 */
export async function readJsonFile(
  folder: Folder,
  name: string,
  options: ReadOptions = {},
): Promise<Record<string, unknown> | undefined> {
  const text = await readTextFile(folder, name, options);
  if (text === undefined) return undefined;
  const fields = { folder: nameOfFolder(folder), name };
  const file = nameInFolder(folder, name);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    const { damagedJson } = await import("./damaged-json");
    throw damagedJson(file, text, { fields, cause });
  }
  throw new LmError("ERR_FORMAT", `lm/files: ${file} is not a JSON object`, { fields });
}

/** Names of the files in a directory handle or Map, sorted. @throws {LmError} `ERR_IO`, also for what is no folder */
export const fileNames = (folder: Exclude<Folder, string>): Promise<string[]> =>
  namesIn(folder, "file").catch(rethrow);

/** A file of a directory handle or Map. @throws {LmError} `ERR_IO`, also where there is none */
export async function readBlob(folder: Exclude<Folder, string>, name: string): Promise<Blob> {
  const found = await fileIn(folder, name).catch(rethrow);
  if (found instanceof Blob) return found;
  throw new LmError("ERR_IO", `lm/files: there is no ${nameInFolder(folder, name)}`, {
    fields: { name },
  });
}

/** A value as the text of an indented JSON file. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/**
 * Writes text files into a folder, which is made when a path is missing: at a path each whole and synced, in their order; in
 * a handle and a Map all or none.
 *
 * @throws {LmError} `ERR_IO` when writing fails, or for an address, saying what to give instead
 */
export async function writeTextFiles(
  folder: Folder,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  await saveFiles(folder, files).catch(rethrow);
}
