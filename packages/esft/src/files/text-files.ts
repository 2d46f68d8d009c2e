import { EsftError } from "../errors";

/** Node's file functions, loaded only when a path is used, so that bundles for browsers stay whole. */
export async function nodeFiles(): Promise<typeof import("node:fs/promises")> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ "node:fs/promises");
  } catch (cause) {
    throw new EsftError("ERR_IO", "esft/files: paths need Node", {}, cause);
  }
}

/** Wraps what the file system threw; `fields.isMissing` tells an absent file from other failures. */
export function fileError(action: string, file: string, cause: unknown): EsftError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isMissing = (cause as { code?: unknown } | null)?.code === "ENOENT";
  const message = `esft/files: cannot ${action} ${file}: ${reason}`;
  return new EsftError("ERR_IO", message, { file, isMissing }, cause);
}

/** A path inside a folder. */
export const inFolder = (folder: string, name: string): string =>
  folder === "" || folder.endsWith("/") ? folder + name : `${folder}/${name}`;

/** @throws {EsftError} `ERR_IO` when reading fails */
export async function readText(file: string): Promise<string> {
  const { readFile } = await nodeFiles();
  return readFile(file, "utf8").catch((cause) => {
    throw fileError("read", file, cause);
  });
}

/** Names in a folder, sorted. @throws {EsftError} `ERR_IO` when reading fails */
export async function listFolder(folder: string): Promise<string[]> {
  const { readdir } = await nodeFiles();
  const names = await readdir(folder).catch((cause) => {
    throw fileError("read", folder, cause);
  });
  return names.sort();
}

/** Makes a folder and those above it. @returns whether it was not there before @throws {EsftError} `ERR_IO` */
export async function makeFolder(folder: string): Promise<boolean> {
  const { mkdir } = await nodeFiles();
  const made = await mkdir(folder, { recursive: true }).catch((cause) => {
    throw fileError("make", folder, cause);
  });
  return made !== undefined;
}

/**
 * Writes a text file under another name, forces it to the disk and renames it: it appears whole or not at all.
 * @throws {EsftError} `ERR_IO` when writing fails
 */
export async function writeText(file: string, text: string): Promise<void> {
  const { open, rename, rm } = await nodeFiles();
  const unfinished = `${file}.${globalThis.crypto.randomUUID()}.tmp`;
  try {
    const handle = await open(unfinished, "wx");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw fileError("write", file, cause);
  }
}
