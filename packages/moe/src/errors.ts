/**
 * `ERR_RANGE` a number is outside its range or settings contradict each other; `ERR_ARGUMENT` an argument is of the
 * wrong kind, or an option does not exist; `ERR_SHAPE` shapes do not fit; `ERR_NOT_FINITE` logits hold NaN or +∞;
 * `ERR_BACKEND` the backend cannot be read synchronously, which an option needs; `ERR_MISSING` an input that this
 * layer needs was not given.
 */
export type MoeErrorCode =
  | "ERR_ARGUMENT"
  | "ERR_RANGE"
  | "ERR_SHAPE"
  | "ERR_NOT_FINITE"
  | "ERR_BACKEND"
  | "ERR_MISSING";

const marker = Symbol.for("deepgrain.moe.error");

/** The error class of this package: `code` gives the type of error, `fields` the offending values. */
export class MoeError extends Error {
  override readonly name = "MoeError";
  readonly [marker] = true;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: MoeErrorCode,
    message: string,
    { fields = {}, cause }: { fields?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.fields = fields;
  }

  /** True for a `MoeError` of any installed copy of this package. */
  static isInstance(value: unknown): value is MoeError {
    return typeof value === "object" && value !== null && marker in value;
  }
}
