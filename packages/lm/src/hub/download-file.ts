import { LmError } from "../errors";
import type { PartialFile } from "./hub-cache";
import { type HubAccess, hubFetch, mostAttempts, pause, waitMs } from "./hub-fetch";
import type { RemoteFile } from "./list-repository";
import { runningHash } from "./running-hash";

/** Requests for one file, each of which may be cut. */
const mostRequests = 32;

/** A file and its place. */
export interface Download {
  /** Where it is. */
  address: string;
  file: RemoteFile;
  partial: PartialFile;
  /** Called with the bytes that are there. */
  onBytes(sizeBytes: number): void;
}

const wrong = (address: string, problem: string, fields: Record<string, unknown>) =>
  new LmError("ERR_FORMAT", `lm/hub: ${address} must have ${problem}; nothing of it was kept`, {
    fields: { address, ...fields },
  });

/** Where an answer's body begins; undefined where the server sends something else than was asked for. */
function startOf(response: Response, begin: number, { sizeBytes }: RemoteFile): number | undefined {
  if (response.status === 200) return 0; // ranges are not known there
  const [, from, total] =
    /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "") ?? [];
  const isWhole = total === "*" || Number(total) === sizeBytes;
  return response.status === 206 && Number(from) === begin && isWhole ? begin : undefined;
}

/**
 * One request's bytes, appended to what is there.
 *
 * @returns why another attempt is needed; undefined where the server sent all that it has
 * @throws {LmError} `ERR_FORMAT` for a file of another size; what {@link hubFetch} throws
 */
async function receive(download: Download, access: HubAccess): Promise<LmError | undefined> {
  const { address, file, partial, onBytes } = download;
  const begin = partial.sizeBytes;
  const again = (problem: string, cause?: unknown) =>
    new LmError("ERR_IO", `lm/hub: ${problem}`, { fields: { address }, cause });
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (begin > 0) headers.range = `bytes=${begin}-`;
  const response = await hubFetch(access)(address, { headers });
  const start = startOf(response, begin, file);
  if (start !== begin) await partial.clear();
  if (start === undefined) {
    await response.body?.cancel();
    return again(`${address} must answer with the bytes from ${begin} on`);
  }
  const reader = response.body?.getReader();
  if (reader === undefined) return undefined; // an answer without a body has no bytes
  try {
    for (;;) {
      const part = await reader.read().catch((cause) => {
        access.signal?.throwIfAborted();
        return again(`the connection to ${address} was cut`, cause);
      });
      if (LmError.isInstance(part)) return part as LmError;
      if (part.done) return undefined;
      if (partial.sizeBytes + part.value.length > file.sizeBytes) {
        await partial.clear();
        throw wrong(address, `${file.sizeBytes} bytes, more came`, { sizeBytes: file.sizeBytes });
      }
      await partial.append(part.value);
      onBytes(partial.sizeBytes);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/**
 * Receives until all bytes are there, again from where a connection was cut. Attempts count since the last whole file: an
 * attempt that brings no byte beyond the furthest one of all attempts has failed, whatever was cleared between them.
 *
 * @throws {LmError} `ERR_IO`, `ERR_FORMAT`
 */
async function receiveAll(download: Download, access: HubAccess): Promise<void> {
  const { address, file, partial } = download;
  const { signal, wait = pause } = access;
  let furthest = partial.sizeBytes;
  let failures = 0;
  for (let attempts = 1; partial.sizeBytes < file.sizeBytes; attempts++) {
    const problem = await receive(download, access);
    if (partial.sizeBytes === file.sizeBytes) return;
    failures = partial.sizeBytes > furthest ? 0 : failures + 1;
    furthest = Math.max(furthest, partial.sizeBytes);
    if (failures === mostAttempts || attempts === mostRequests) {
      const message = `lm/hub: ${address} must have ${file.sizeBytes} bytes, got ${partial.sizeBytes}`;
      throw problem ?? new LmError("ERR_IO", message, { fields: { address } });
    }
    if (failures > 0) await wait(waitMs(failures), signal);
  }
}

async function hashOf({ file, partial }: Download): Promise<string> {
  const hash = runningHash(file);
  for await (const bytes of partial.bytes()) hash.update(bytes);
  return hash.digest();
}

/**
 * Downloads a file, from where an earlier attempt ended, and gives it its place after its size and its hash were compared.
 * Where an earlier attempt's bytes were wrong it is downloaded once more from the start.
 *
 * @throws {LmError} `ERR_FORMAT` for another size or hash; `ERR_IO`
 */
export async function downloadFile(download: Download, access: HubAccess): Promise<void> {
  const { address, file, partial, onBytes } = download;
  if (partial.sizeBytes > file.sizeBytes) await partial.clear();
  const isResumed = partial.sizeBytes > 0;
  onBytes(partial.sizeBytes);
  await receiveAll(download, access);
  const hash = await hashOf(download);
  if (hash === file.hash) return partial.commit();
  await partial.clear();
  if (isResumed) return downloadFile(download, access);
  throw wrong(address, `the hash ${file.hash}, got ${hash}`, { expected: file.hash, got: hash });
}
