import { assertKind, optionsOf, refuseUnknown, TensorError } from "../errors";
import { type ByteSource, bytesSource } from "./byte-source";
import { fileSource } from "./file-source";
import { type HttpSourceOptions, httpSource } from "./http-source";

/**
 * Where bytes come from: a path (Node), an `http:`, `https:` or `file:` address, a `Blob` or `File`,
 * bytes in memory, or a custom reader. A string that starts with `http://` or `https://` is an address.
 */
export type Source = string | URL | Blob | Uint8Array | ByteSource;

/** Options of all functions that open a source. */
export type SourceOptions = HttpSourceOptions;

/** True for strings and URLs that are fetched, not opened as files. */
export const isAddress = (source: string | URL): boolean => /^https?:\/\//i.test(String(source));

/**
 * Opens a source for ranged reads. Nothing but its size (over HTTP also its first 64 KiB) is read yet.
 *
 * @param source path, address, `Blob`, bytes or reader
 * @param options.fetch function to fetch with, default the global one
 * @returns a reader; close it when done
 * @throws {TensorError} `ERR_IO` when the source cannot be opened; `fields.isMissing` when it does not exist
 */
export async function openSource(source: Source, options: SourceOptions = {}): Promise<ByteSource> {
  const { fetch, signal, ...rest } = optionsOf("openSource", options);
  refuseUnknown("openSource", rest);
  signal?.throwIfAborted();
  if (typeof source === "string" || source instanceof URL)
    return isAddress(source) ? httpSource(source, { fetch, signal }) : fileSource(source);
  if (source instanceof Uint8Array) return bytesSource(source);
  if (source instanceof Blob) return blobSource(source);
  assertKind(
    typeof source?.read === "function",
    "tensor-gpu/files",
    "a source must be a path, an address, a Blob, bytes, or a reader with size and read",
    source,
  );
  return source;
}

function blobSource(blob: Blob): ByteSource {
  const name = (blob as { name?: string | undefined }).name ?? "blob";
  return {
    name,
    size: blob.size,
    async read(begin, end) {
      try {
        return new Uint8Array(await blob.slice(begin, end).arrayBuffer());
      } catch (cause) {
        throw new TensorError("ERR_IO", `tensor-gpu/files: cannot read ${name}`, {
          fields: { name },
          cause,
        });
      }
    },
  };
}
