import { TensorError } from "../errors";
import type { ByteSource } from "./byte-source";
import { fileError, nodeFiles } from "./node-modules";

const LARGEST_READ = 1 << 26; // 64 MiB: an abort takes effect within one such read

/**
 * A source over a file on disk (Node). The file stays open until `close()`.
 *
 * @param path path or `file:` address
 * @throws {TensorError} `ERR_IO` when the file is missing, unreadable or not a regular file
 */
export async function fileSource(path: string | URL): Promise<ByteSource> {
  const { open, stat } = await nodeFiles();
  const fail = (cause: unknown): never => {
    throw fileError("read", path, cause);
  };
  // Checked before opening: opening a pipe without a writer would wait forever.
  const { size, isRegular } = await stat(path).then(
    (found) => ({ size: found.size, isRegular: found.isFile() }),
    fail,
  );
  if (!isRegular) {
    const message = `tensor-gpu/files: ${path} must be a regular file`;
    throw new TensorError("ERR_IO", message, { fields: { path: String(path), isMissing: false } });
  }
  const handle = await open(path, "r").catch(fail);
  const fill = async (target: Uint8Array, begin: number, signal?: AbortSignal) => {
    let filled = 0;
    while (filled < target.length) {
      signal?.throwIfAborted();
      const length = Math.min(target.length - filled, LARGEST_READ);
      const { bytesRead } = await handle.read(target, filled, length, begin + filled).catch(fail);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  };
  return {
    name: String(path),
    size,
    async read(begin, end, signal) {
      const bytes = allocate(end - begin);
      return bytes.subarray(0, await fill(bytes, begin, signal));
    },
    async readInto(target, begin, signal) {
      const got = await fill(target, begin, signal);
      if (got === target.length) return;
      const message = `tensor-gpu/files: ${path} must give ${target.length} bytes from ${begin} on, got ${got}`;
      throw new TensorError("ERR_IO", message, { fields: { name: String(path), begin, got } });
    },
    close: () => handle.close(),
  };
}

function allocate(sizeBytes: number): Uint8Array {
  try {
    return new Uint8Array(sizeBytes);
  } catch (cause) {
    const message = `tensor-gpu/files: ${sizeBytes} bytes do not fit in memory at once; read fewer rows`;
    throw new TensorError("ERR_MEMORY", message, { fields: { sizeBytes }, cause });
  }
}
