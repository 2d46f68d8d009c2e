import { FilesError, reasonOf, systemCode } from "@deepgrain/support/files";
import { TensorError } from "../errors";
import { nodeModule } from "../host";

/** Node's file functions that change nothing: those that do are in the table `disk`. */
type ReadingFiles = Pick<typeof import("node:fs/promises"), "readdir" | "stat"> & {
  open(path: string | URL, flags: "r"): ReturnType<typeof import("node:fs/promises")["open"]>;
};

/**
 * Node's file functions, obtained without an import, so that browsers and bundlers do not try to resolve them.
 *
 * @throws {TensorError} `ERR_IO` outside Node
 */
export async function nodeFiles(): Promise<ReadingFiles> {
  const files = nodeModule<ReadingFiles>("node:fs/promises");
  if (files) return files;
  const message = "tensor-gpu/files: paths need Node; pass a URL, a Blob or bytes instead";
  throw new TensorError("ERR_IO", message);
}

/** Wraps an error of the file system; `fields.isMissing` distinguishes a missing file from other failures. */
export function fileError(action: string, path: string | URL, cause: unknown): TensorError {
  const isMissing = systemCode(cause) === "ENOENT";
  const fields = { path: String(path), isMissing };
  const message = `tensor-gpu/files: cannot ${action} ${path}: ${reasonOf(cause)}`;
  return new TensorError("ERR_IO", message, { fields, cause });
}

/** The same failure as an error of this package; anything but a `FilesError` is returned unchanged. */
export function asTensorError(error: unknown): unknown {
  if (!FilesError.isInstance(error)) return error;
  const { action, path, reason, isMissing } = error.fields;
  const message = `tensor-gpu/files: cannot ${action} ${path}: ${reason}`;
  return new TensorError("ERR_IO", message, { fields: { path, isMissing }, cause: error });
}
