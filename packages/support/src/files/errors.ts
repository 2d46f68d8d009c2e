import { errorClass } from "../errors/error-class";

const codes = ["ERR_IO", "ERR_LOCKED", "ERR_PLATFORM"] as const;

/** `ERR_IO` the file system refused; `ERR_LOCKED` another process holds the lock; `ERR_PLATFORM` there is no Node here. */
export type FilesErrorCode = (typeof codes)[number];

/**
 * The error class of this package. For `ERR_IO`, `fields` hold `action`, `path`, `reason` (plain words, such as
 * "no space left on the device") and `isMissing`, from which the packages above make their own errors.
 */
export class FilesError extends errorClass("files", codes, "FilesError") {}
