import { TensorError } from "../errors";
import { nodeModule } from "../wasm/host";

/**
 * Node's file functions, asked for without an import, so that browsers and bundlers have nothing to look for.
 *
 * @throws {TensorError} `ERR_IO` where there is no Node
 */
export async function nodeFiles(): Promise<typeof import("node:fs/promises")> {
  const files = nodeModule<typeof import("node:fs/promises")>("node:fs/promises");
  if (files) return files;
  const message = "tensor-gpu/files: paths need Node; pass a URL, a Blob or bytes instead";
  throw new TensorError("ERR_IO", message);
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
