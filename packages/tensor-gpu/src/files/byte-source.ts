import { TensorError } from "../errors";

/** A source of known size from which any byte range can be read. */
export interface ByteSource {
  /** The name in error messages: a path or an address. */
  readonly name?: string | undefined;
  readonly size: number;
  /** Bytes `begin` to `end` (exclusive), in memory that belongs to the caller. */
  read(begin: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Fills `target` with the bytes from `begin` on. Present where this avoids a copy. */
  readInto?(target: Uint8Array, begin: number, signal?: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}

/**
 * Fills `target` with the bytes from `begin` on.
 * @throws {TensorError} `ERR_IO` when the source returns fewer
 */
export async function fillExactly(
  source: ByteSource,
  begin: number,
  target: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  if (target.length === 0) return;
  if (source.readInto) await source.readInto(target, begin, signal);
  else target.set(await readExactly(source, begin, begin + target.length, signal));
}

/** A source over bytes in memory; every read is a copy. */
export function bytesSource(bytes: Uint8Array, name = "bytes in memory"): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (begin, end) => new Uint8Array(bytes.subarray(begin, end)),
  };
}

/**
 * Reads a range and checks that it is complete. The result is aligned so that any typed array can view it.
 *
 * @throws {TensorError} `ERR_IO` when the source returns fewer or more bytes than asked for
 */
export async function readExactly(
  source: ByteSource,
  begin: number,
  end: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  if (begin === end) return new Uint8Array(0);
  const bytes = await source.read(begin, end, signal);
  if (bytes.length === end - begin) return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const name = source.name ?? "source";
  const message = `tensor-gpu/files: ${name} must give ${end - begin} bytes from ${begin} on, got ${bytes.length}`;
  throw new TensorError("ERR_IO", message, { fields: { name, begin, end, got: bytes.length } });
}
