/** Why a call was refused. */
export type WatermarkErrorCode =
  | "ERR_ASYNC_PROXY"
  | "ERR_CAPACITY"
  | "ERR_DECODE"
  | "ERR_KEY"
  | "ERR_LOGITS"
  | "ERR_PAYLOAD"
  | "ERR_PROFILE"
  | "ERR_PROXY"
  | "ERR_RANGE"
  | "ERR_SHAPE"
  | "ERR_TOKEN"
  | "ERR_TOO_SHORT"
  | "ERR_UNSUPPORTED";

const marker = Symbol.for("deepgrain.watermark.error");

/**
 * The one error class of this package. `code` says which rule was broken and `details` carries the
 * offending numbers (for example `{ needed: 16, got: 5 }`); keys never appear in either.
 */
export class WatermarkError extends Error {
  override readonly name = "WatermarkError";
  readonly code: WatermarkErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly [marker] = true;

  constructor(
    code: WatermarkErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(`watermark/${message}`, options);
    this.code = code;
    this.details = details;
  }

  /** True for errors of this class, also when two copies of the package are installed. */
  static isInstance(error: unknown): error is WatermarkError {
    return typeof error === "object" && error !== null && marker in error;
  }
}
