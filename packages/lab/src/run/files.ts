import { FilesError } from "@deepgrain/support/files";
import { fail } from "../errors";

/** Does something with files; failures become a `LabError`: `ERR_LOCKED` or `ERR_IO`. */
export async function withFiles<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!FilesError.isInstance(cause)) throw cause;
    const code = cause.code === "ERR_LOCKED" ? "ERR_LOCKED" : "ERR_IO";
    return fail(code, cause.message.replace(/^files\//, "lab/"), cause.fields, cause);
  }
}
