import { TensorError } from "../errors";

/**
 * Node's file functions, loaded only when a path is read or written, so that bundles for browsers stay whole.
 *
 * @throws {TensorError} `ERR_IO` where there is no Node
 */
export async function nodeFiles(): Promise<typeof import("node:fs/promises")> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ "node:fs/promises");
  } catch (cause) {
    const message = "tensor-gpu/files: paths need Node; pass a URL, a Blob or bytes instead";
    throw new TensorError("ERR_IO", message, {}, cause);
  }
}

/** Wraps what the file system threw; `fields.isMissing` tells an absent file from other failures. */
export function fileError(action: string, path: string | URL, cause: unknown): TensorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isMissing = (cause as { code?: unknown } | null)?.code === "ENOENT";
  const fields = { path: String(path), isMissing };
  return new TensorError(
    "ERR_IO",
    `tensor-gpu/files: cannot ${action} ${path}: ${reason}`,
    fields,
    cause,
  );
}
