/** What went wrong, for programs; the message is for people. */
export type TensorErrorCode =
  | "ERR_SHAPE"
  | "ERR_RANGE"
  | "ERR_ARGUMENT"
  | "ERR_ABORTED"
  | "ERR_DTYPE"
  | "ERR_BACKEND"
  | "ERR_FORMAT"
  | "ERR_IO"
  | "ERR_MEMORY"
  | "ERR_AUTOGRAD"
  | "ERR_DISPOSED";

const marker = Symbol.for("deepgrain.tensor-gpu.error");

/** The one error class of this package: `code` says what kind, `fields` hold the offending values. */
export class TensorError extends Error {
  override readonly name = "TensorError";
  readonly [marker] = true;

  constructor(
    readonly code: TensorErrorCode,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  /** True for a `TensorError` of any installed copy of this package. */
  static isInstance(value: unknown): value is TensorError {
    return typeof value === "object" && value !== null && marker in value;
  }
}
