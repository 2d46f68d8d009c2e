import { dirname } from "node:path";
import { FilesError, makeFolder, writeFileAtomic } from "@deepgrain/files";
import { LabError } from "../errors";

/** Does something with files; failures become a `LabError`: `ERR_LOCKED` or `ERR_IO`. */
export async function withFiles<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!FilesError.isInstance(cause)) throw cause;
    const code = cause.code === "ERR_LOCKED" ? "ERR_LOCKED" : "ERR_IO";
    const message = cause.message.replace(/^files\//, "lab/");
    throw new LabError(code, message, { fields: cause.fields, cause });
  }
}

/**
 * Writes a text file that appears whole or not at all. Its folder is made when missing.
 * @throws {LabError} `ERR_IO` with the reason when the file system refuses
 */
export const saveText = (path: string, text: string): Promise<void> =>
  withFiles(async () => {
    await makeFolder(dirname(path));
    await writeFileAtomic(path, text);
  });

/** Writes a value as indented JSON, as `saveText` writes text. @throws {LabError} `ERR_IO` */
export const saveJson = (path: string, value: unknown): Promise<void> =>
  saveText(path, `${JSON.stringify(value, undefined, 2)}\n`);
