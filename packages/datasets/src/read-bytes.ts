import { kMaxLength } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { takeTurn } from "@deepgrain/support";
import { notJson } from "@deepgrain/support/json";
import { DatasetsError } from "./errors";

const unzip = promisify(gunzip);

/** A path as text, for messages. */
export const pathOf = (path: string | URL) => (path instanceof URL ? fileURLToPath(path) : path);

/** The error for a file that does not exist or cannot be read. */
export const unreadable = (loader: string, path: string | URL, cause: unknown) =>
  new DatasetsError("ERR_MISSING_FILE", `datasets/${loader}: cannot read ${pathOf(path)}`, {
    fields: { path: pathOf(path) },
    cause,
  });

/** Called before opening: opening a pipe without a writer blocks forever. @throws {Error} for a folder, pipe or device */
export async function assertRegularFile(path: string | URL): Promise<void> {
  if (!(await stat(path)).isFile()) throw new Error("not a regular file");
}

/**
 * Returns a file's bytes, decompressed when they are gzip (first bytes 1f 8b).
 *
 * @param most bytes that are read, unpacked
 * @throws {DatasetsError} `ERR_MISSING_FILE` when the file cannot be read; `ERR_FORMAT` when its
 *   gzip data are damaged, or for more bytes than `most`
 */
export async function readBytes(
  loader: string,
  path: string | URL,
  signal?: AbortSignal,
  most = kMaxLength,
): Promise<Uint8Array> {
  await takeTurn();
  signal?.throwIfAborted();
  let bytes: Uint8Array;
  try {
    await assertRegularFile(path);
    bytes = await readFile(path, signal ? { signal } : {});
  } catch (cause) {
    await takeTurn();
    signal?.throwIfAborted();
    throw unreadable(loader, path, cause);
  }
  const tooLarge = `datasets/${loader}: ${pathOf(path)} has more than ${most} bytes`;
  if (bytes.length > most)
    throw new DatasetsError("ERR_FORMAT", tooLarge, { fields: { path: pathOf(path), most } });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unzip(bytes, { maxOutputLength: most });
  } catch (cause) {
    const isLarge = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const damaged = `datasets/${loader}: damaged gzip data in ${pathOf(path)}`;
    const message = isLarge ? tooLarge : damaged;
    throw new DatasetsError("ERR_FORMAT", message, { fields: { path: pathOf(path) }, cause });
  }
}

/** Returns a file's UTF-8 text; throws as {@link readBytes} does. */
export async function readText(
  loader: string,
  path: string | URL,
  signal?: AbortSignal,
  most?: number,
): Promise<string> {
  return new TextDecoder().decode(await readBytes(loader, path, signal, most));
}

/**
 * Returns the object or list of a JSON file; throws as {@link readBytes} does, and `ERR_FORMAT` when
 * the text is not JSON or is a bare value.
 */
export async function readJson(
  loader: string,
  path: string | URL,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const text = await readText(loader, path, signal);
  let value: unknown;
  let cause: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  const fault = cause === undefined ? "must hold a JSON object or list" : notJson(text);
  const message = `datasets/${loader}: ${pathOf(path)}: ${fault}`;
  throw new DatasetsError("ERR_FORMAT", message, { fields: { path: pathOf(path) }, cause });
}
