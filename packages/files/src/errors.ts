/** `ERR_IO` the file system refused; `ERR_LOCKED` another process holds the lock; `ERR_PLATFORM` there is no Node here. */
export type FilesErrorCode = "ERR_IO" | "ERR_LOCKED" | "ERR_PLATFORM";

const marker = Symbol.for("deepgrain.files.error");

/**
 * The error class of this package. For `ERR_IO`, `fields` hold `action`, `path`, `reason` (plain words, such as
 * "no space left on the device") and `isMissing`, from which the packages above make their own errors.
 */
export class FilesError extends Error {
  override readonly name = "FilesError";
  readonly [marker] = true;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: FilesErrorCode,
    message: string,
    { fields = {}, cause }: { fields?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.fields = fields;
  }

  /** True for a `FilesError` of any bundled copy of this package. */
  static isInstance(value: unknown): value is FilesError {
    return typeof value === "object" && value !== null && marker in value;
  }
}
