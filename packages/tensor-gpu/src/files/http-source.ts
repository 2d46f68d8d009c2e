import { TensorError } from "../errors";
import { type ByteSource, bytesSource } from "./byte-source";

const FIRST_READ = 1 << 16; // Most headers fit, so opening a file costs one request.

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
 *   when the size cannot be determined, or when the file changes its size while it is read
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
  const head = await body(first, url, signal);
  if (first.status === 200) return bytesSource(head, url);
  const size = totalSize(first) ?? (await sizeByHead(url, fetch, signal));
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
      return body(response, url, readSignal);
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

async function body(response: Response, url: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    signal?.throwIfAborted();
    throw httpError(url, "broke off while it was read", {}, cause);
  }
}

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
