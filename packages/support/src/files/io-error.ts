import { FilesError } from "./errors";

/** The system's error codes in plain words. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large for this file system",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  ENOENT: "the file or its folder does not exist",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  EIO: "the device reported an input or output error",
};

/** The system's code of an error, such as `ENOSPC`; undefined where it has none. */
export function systemCode(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/**
 * Why a file operation failed, in plain words with the system's code: "no space left on the device (ENOSPC)". Looks
 * through a `FilesError`.
 */
export function reasonOf(cause: unknown): string {
  if (FilesError.isInstance(cause) && typeof cause.fields.reason === "string")
    return cause.fields.reason;
  const code = systemCode(cause);
  const words = code === undefined ? undefined : reasons[code];
  if (words !== undefined) return `${words} (${code})`;
  return cause instanceof Error ? cause.message : String(cause);
}

/** An `ERR_IO` that says what could not be done, where, and why. `fields.isMissing` tells absence from the rest. */
export function ioError(action: string, path: string, cause: unknown): FilesError {
  if (FilesError.isInstance(cause)) return cause;
  const reason = reasonOf(cause);
  const fields = { action, path, reason, isMissing: systemCode(cause) === "ENOENT" };
  return new FilesError("ERR_IO", `files: cannot ${action} ${path}: ${reason}`, { fields, cause });
}

/** For `promise.catch`: throws what {@link ioError} makes of the cause. */
export const failing =
  (action: string, path: string) =>
  (cause: unknown): never => {
    throw ioError(action, path, cause);
  };
