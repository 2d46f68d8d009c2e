/**
 * @file Files of a directory handle, written all or none. New files stand under names of their own until a commit record
 * lists them; from then on readers see them, and whoever opens the folder next finishes what was begun.
 */
import { FilesError } from "../errors";
import type { DirectoryHandle, FileHandle } from "./folder";

/** Files to write, by name. */
export type NewFiles = ReadonlyMap<string, Blob>;

const PREFIX = ".deepgrain-";
const RECORD = `${PREFIX}commit.json`;

/** The content of a commit record: the files to put in their places, by name, and those to remove. */
interface CommitRecord {
  files: Readonly<Record<string, string>>;
  removed: ReadonlySet<string>;
}

/** Whether a name is one of ours, which readers do not see. */
export const isOwnName = (name: string): boolean => name.startsWith(PREFIX);

const isMissing = (error: unknown) => (error as { name?: unknown }).name === "NotFoundError";

/** An `ERR_IO` that says what could not be done, where, and why. */
export function handleError(action: string, path: string, cause: unknown): FilesError {
  if (FilesError.isInstance(cause)) return cause as FilesError;
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new FilesError("ERR_IO", `files: cannot ${action} ${path}: ${reason}`, {
    fields: { action, path, reason, isMissing: isMissing(cause) },
    cause,
  });
}

async function existing(folder: DirectoryHandle, name: string): Promise<Blob | undefined> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw handleError("read", name, error);
  }
}

/** Writes a file whole: its content changes when the stream is closed. */
async function write(folder: DirectoryHandle, name: string, content: Blob): Promise<void> {
  const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await stream.write(content);
  await stream.close();
}

async function remove(folder: DirectoryHandle, name: string): Promise<void> {
  await folder.removeEntry(name).catch((error) => {
    if (!isMissing(error)) throw error;
  });
}

const areTexts = (list: readonly unknown[]) => list.every((one) => typeof one === "string");

/** The commit record; undefined where there is none. @throws {FilesError} `ERR_IO` for a file of that name that is none */
async function readRecord(folder: DirectoryHandle): Promise<CommitRecord | undefined> {
  const text = await (await existing(folder, RECORD))?.text();
  if (!text) return undefined;
  try {
    const { files, removed } = JSON.parse(text);
    if (areTexts(Object.values(files)) && Array.isArray(removed) && areTexts(removed))
      return { files, removed: new Set(removed) };
  } catch {
    // reported below
  }
  throw handleError("read", RECORD, new Error("it is no record of a commit"));
}

/** A file of the folder; undefined if there is none. @throws {FilesError} `ERR_IO` */
export const readHandleFile = async (
  folder: DirectoryHandle,
  name: string,
): Promise<Blob | undefined> => seenFile(folder, name, await readRecord(folder));

/** A file as readers see it beside a commit record. */
async function seenFile(
  folder: DirectoryHandle,
  name: string,
  record: CommitRecord | undefined,
): Promise<Blob | undefined> {
  if (record?.removed.has(name)) return undefined;
  const staged = record && Object.hasOwn(record.files, name) ? record.files[name] : undefined;
  return (staged && (await existing(folder, staged))) || existing(folder, name);
}

/** All files of the folder, by name, sorted. @throws {FilesError} `ERR_IO` */
export async function readHandleFiles(folder: DirectoryHandle): Promise<[string, Blob][]> {
  const record = await readRecord(folder);
  const found: [string, Blob][] = [];
  for (const name of await seenNames(folder, "file", record)) {
    const content = await seenFile(folder, name, record);
    if (content !== undefined) found.push([name, content]);
  }
  return found;
}

/** Names of the files and folders in a folder, sorted; ours left out. @throws {FilesError} `ERR_IO` */
export const handleNames = async (
  folder: DirectoryHandle,
  kind: (FileHandle | DirectoryHandle)["kind"],
): Promise<string[]> => seenNames(folder, kind, await readRecord(folder));

async function seenNames(
  folder: DirectoryHandle,
  kind: (FileHandle | DirectoryHandle)["kind"],
  record: CommitRecord | undefined,
): Promise<string[]> {
  const names = new Set(kind === "file" ? Object.keys(record?.files ?? {}) : []);
  try {
    for await (const [name, entry] of folder.entries())
      if (entry.kind === kind && !isOwnName(name) && !record?.removed.has(name)) names.add(name);
  } catch (error) {
    throw handleError("read", folder.name, error);
  }
  return [...names].sort();
}

/** Puts the files of a record in their places. It may be done in part already. */
async function finish(folder: DirectoryHandle, { files, removed }: CommitRecord): Promise<void> {
  for (const [name, staged] of Object.entries(files)) {
    const content = await existing(folder, staged);
    if (content) await write(folder, name, content);
  }
  for (const name of removed) await remove(folder, name);
  await remove(folder, RECORD);
  for (const staged of Object.values(files)) await remove(folder, staged);
}

/** Finishes a write that was cut short after its record, and removes what one before its record left. */
export async function repairHandle(folder: DirectoryHandle): Promise<void> {
  try {
    const record = await readRecord(folder);
    if (record) await finish(folder, record);
    const left: string[] = [];
    for await (const [name, entry] of folder.entries())
      if (entry.kind === "file" && isOwnName(name) && !name.endsWith("unfinished")) left.push(name);
    for (const name of left) await remove(folder, name);
  } catch (error) {
    throw handleError("write to", folder.name, error);
  }
}

/**
 * Writes files and removes others, all or none: whenever this is cut short, readers see the old or the new files.
 * @throws {FilesError} `ERR_IO`
 */
export async function writeHandleFiles(
  folder: DirectoryHandle,
  files: NewFiles,
  removed: readonly string[] = [],
): Promise<void> {
  await repairHandle(folder);
  const id = globalThis.crypto.randomUUID();
  try {
    const places = Array.from(files.keys(), (name, i) => [name, `${PREFIX}${id}-${i}`] as const);
    const record: CommitRecord = { files: Object.fromEntries(places), removed: new Set(removed) };
    for (const [name, staged] of places) await write(folder, staged, files.get(name)!);
    await write(folder, RECORD, new Blob([JSON.stringify({ ...record, removed })]));
    await finish(folder, record);
  } catch (error) {
    throw handleError("write to", folder.name, error);
  }
}
