import { TensorError } from "../errors";
import { type ByteSource, bytesSource } from "./byte-source";

const FIRST_READ = 1 << 16; // Most headers fit, so opening a file costs one request.

/** Largest file, in bytes, of a server that ignores ranges and does not say how large it is. */
const LARGEST_UNANNOUNCED = 2 ** 30;

/** Options of `httpSource`. */
export interface HttpSourceOptions {
  /** The function that fetches addresses; default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * A source over an HTTP address, read through `Range` requests. A server that ignores ranges sends the whole
 * file once, which is then kept in memory.
 *
 * @param address `http:` or `https:` address
 * @param options.fetch function to fetch with, default the global one
 * @throws {TensorError} `ERR_IO` when the request fails (`fields.status`; `fields.isMissing` for 404 and 410),
 *   when the size cannot be determined, when the file changes its size or its ETag while it is read, or when fewer bytes
 *   come than were asked for; more are not read
 * @see RFC 9110, sections 14.2 and 14.4
 */
export async function httpSource(
  address: string | URL,
  { fetch = globalThis.fetch, signal }: HttpSourceOptions = {},
): Promise<ByteSource> {
  const url = String(address);
  const request = rangeRequest(url, fetch);
  const first = await request(0, FIRST_READ, signal);
  if (first.status === 416) return bytesSource(new Uint8Array(0), url);
  if (first.status === 200) return bytesSource(await wholeBody(first, url, signal), url);
  const size = totalSize(first) ?? (await sizeByHead(url, fetch, signal));
  const version = versionOf(first);
  const head = await body(first, url, { bytes: Math.min(FIRST_READ, size), signal });
  return {
    name: url,
    size,
    async read(begin, end, readSignal) {
      if (end <= head.length) return head.slice(begin, end);
      const response = await request(begin, end, readSignal);
      const total = totalSize(response) ?? size;
      if (response.status !== 206 || total !== size) {
        await response.body?.cancel();
        const message = `must answer a range request of its ${size} bytes, got status ${response.status} of ${total} bytes`;
        throw httpError(url, message, { status: response.status });
      }
      const now = versionOf(response);
      if (version !== undefined && now !== undefined && now !== version) {
        await response.body?.cancel();
        const message = `was replaced while it was read: bytes from ${begin} on have the ETag ${now}, the first ones had ${version}`;
        throw httpError(url, message, { begin, expected: version, got: now });
      }
      return body(response, url, { bytes: Math.min(end, size) - begin, signal: readSignal });
    },
  };
}

function httpError(
  url: string,
  message: string,
  fields: Record<string, unknown> = {},
  cause?: unknown,
): TensorError {
  const all = { url, isMissing: fields.status === 404 || fields.status === 410, ...fields };
  return new TensorError("ERR_IO", `tensor-gpu/files: ${url} ${message}`, { fields: all, cause });
}

type RangeRequest = (begin: number, end: number, signal?: AbortSignal) => Promise<Response>;

function rangeRequest(url: string, fetch: typeof globalThis.fetch): RangeRequest {
  return async (begin, end, signal) => {
    const headers = { Range: `bytes=${begin}-${end - 1}`, "Accept-Encoding": "identity" };
    const response = await fetch(url, { headers, signal: signal ?? null }).catch((cause) => {
      signal?.throwIfAborted();
      throw httpError(url, "cannot be fetched", {}, cause);
    });
    const isEmptyFile = response.status === 416 && begin === 0;
    if (response.ok || isEmptyFile) return response;
    await response.body?.cancel();
    throw httpError(url, `answered with status ${response.status}`, { status: response.status });
  };
}

/** The expected size of a body, and a signal to stop reading. */
interface Expected {
  bytes: number;
  signal?: AbortSignal | undefined;
}

/**
 * The first `bytes` bytes of a body; what a server sends beyond them is not read.
 * @throws {TensorError} `ERR_IO` if there are fewer, or the connection breaks
 */
async function body(response: Response, url: string, expected: Expected): Promise<Uint8Array> {
  const { bytes, signal } = expected;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of bodyParts(response, url, signal)) {
    const kept = part.subarray(0, bytes - length);
    parts.push(kept);
    length += kept.length;
    if (length === bytes) break;
  }
  if (length < bytes)
    throw httpError(url, `sent ${length} bytes where ${bytes} were asked for`, { length, bytes });
  return joined(parts, length);
}

/** The body of a server that ignores ranges: as many bytes as it announces, else at most 1 GiB. */
async function wholeBody(
  response: Response,
  url: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const announced = response.headers.get("content-length");
  const isCompressed = response.headers.has("content-encoding");
  if (announced !== null && !isCompressed)
    return body(response, url, { bytes: Number(announced), signal });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of bodyParts(response, url, signal)) {
    parts.push(part);
    length += part.length;
    if (length > LARGEST_UNANNOUNCED)
      throw httpError(url, `sent more than ${LARGEST_UNANNOUNCED} bytes without saying how many`, {
        length,
      });
  }
  return joined(parts, length);
}

/** The pieces of a body as they arrive; leaving early cancels the rest. */
async function* bodyParts(
  response: Response,
  url: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause) => {
        signal?.throwIfAborted();
        throw httpError(url, "broke off while it was read", {}, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // A broken connection has nothing to cancel.
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The ETag, weak or not; undefined where there is none, or a page may not see it. */
const versionOf = ({ headers }: Response) => headers.get("etag")?.replace(/^W\//, "");

function totalSize(response: Response): number | undefined {
  const total = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  return total === undefined ? undefined : Number(total);
}

/** Other origins may hide `Content-Range` from a page, but never `Content-Length`. */
async function sizeByHead(
  url: string,
  fetch: typeof globalThis.fetch,
  signal?: AbortSignal,
): Promise<number> {
  const response = await fetch(url, { method: "HEAD", signal: signal ?? null }).catch((cause) => {
    signal?.throwIfAborted();
    throw httpError(url, "cannot be fetched", {}, cause);
  });
  const size = Number(response.headers.get("content-length") ?? Number.NaN);
  if (response.ok && Number.isSafeInteger(size)) return size;
  throw httpError(url, "does not tell its size", { status: response.status });
}
