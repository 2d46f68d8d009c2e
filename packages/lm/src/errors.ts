const marker = Symbol.for("@deepgrain/lm/LmError");

/**
 * `ERR_CONFIG` a model or tokenizer configuration is wrong; `ERR_RANGE` an argument is outside its range;
 * `ERR_SHAPE` lengths or shapes do not fit; `ERR_FORMAT` a file's content is malformed; `ERR_MISSING` something
 * needed is absent; `ERR_MISMATCH` an adapter belongs to another model; `ERR_STATE` called at the wrong time; `ERR_IO`
 * reading or writing failed.
 */
export type LmErrorCode =
  | "ERR_CONFIG"
  | "ERR_RANGE"
  | "ERR_SHAPE"
  | "ERR_FORMAT"
  | "ERR_MISSING"
  | "ERR_MISMATCH"
  | "ERR_STATE"
  | "ERR_IO";

/** The only error that `@deepgrain/lm` throws on purpose; `code` says which kind, `details` has the values. */
export class LmError extends Error {
  override readonly name = "LmError";
  readonly [marker] = true;
  readonly code: LmErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: LmErrorCode,
    message: string,
    { cause, ...details }: { cause?: unknown; [detail: string]: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  /** True for an `LmError` of any installed copy of the package, where `instanceof` may fail. */
  static isInstance(error: unknown): error is LmError {
    return typeof error === "object" && error !== null && marker in error;
  }
}
