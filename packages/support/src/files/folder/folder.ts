import { FilesError } from "../errors";
import type { OwnBytes } from "../own-bytes";
import { inFolder } from "../paths";

/** A file of a {@link DirectoryHandle}, as the File System API of browsers has it. */
export interface FileHandle {
  readonly kind: "file";
  readonly name: string;
  getFile(): Promise<Blob>;
  createWritable(): Promise<{
    write(data: Blob | OwnBytes): Promise<void>;
    close(): Promise<void>;
  }>;
}

/**
 * A folder of the File System API: of the origin's private file system, or one that the visitor picked. A browser's
 * `FileSystemDirectoryHandle` is one.
 */
export interface DirectoryHandle {
  readonly kind: "directory";
  readonly name: string;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<DirectoryHandle>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
  entries(): AsyncIterableIterator<[string, FileHandle | DirectoryHandle]>;
}

/**
 * A folder of files: a path (Node), an http(s) address (read only), a directory handle (browsers), or files by name in
 * memory; those in folders below have names with slashes.
 */
export type Folder = string | DirectoryHandle | Map<string, Blob>;

/** Whether a folder is an address, which can only be read. */
export const isAddress = (folder: Folder): folder is string =>
  typeof folder === "string" && /^https?:\/\//i.test(folder);

const isHandle = (folder: unknown): folder is DirectoryHandle =>
  typeof folder === "object" && folder !== null && "getFileHandle" in folder;

const kinds =
  "a path (in Node), an http address (to read), a FileSystemDirectoryHandle or a Map of Blobs by name";

/** Returns the folder. @throws {FilesError} `ERR_IO` for what is no folder, saying what is one */
export function assertFolder(folder: Folder): Folder {
  if (typeof folder === "string" || isHandle(folder) || folder instanceof Map) return folder;
  throw new FilesError("ERR_IO", `files: a folder must be ${kinds}, got ${String(folder)}`, {
    fields: { folder },
  });
}

/** @throws {FilesError} `ERR_IO` for an address, saying what to give instead, or for what is no folder */
export function assertWritable(folder: Folder): Folder {
  if (!isAddress(assertFolder(folder))) return folder;
  throw new FilesError(
    "ERR_IO",
    `files: cannot write to ${folder}: an address can only be read; give a path (in Node), a FileSystemDirectoryHandle or a Map`,
    { fields: { path: folder } },
  );
}

/** A folder in a message. */
export function nameOfFolder(folder: Folder): string {
  if (typeof folder === "string") return folder;
  if (folder instanceof Map) return "the Map";
  return folder.name === "" ? "the origin's folder" : folder.name;
}

/** A file of a folder in a message. */
export const nameInFolder = (folder: Folder, name: string): string =>
  typeof folder === "string" ? inFolder(folder, name) : `${name} of ${nameOfFolder(folder)}`;
