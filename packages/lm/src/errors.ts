/**
 * `ERR_CONFIG` a model or tokenizer configuration is wrong; `ERR_RANGE` an argument is outside its range;
 * `ERR_ARGUMENT` an argument is of the wrong kind, or an option does not exist; `ERR_SHAPE` lengths or shapes do not
 * fit; `ERR_FORMAT` a file's content is malformed; `ERR_MISSING` something needed is absent; `ERR_MISMATCH` an
 * adapter belongs to another model; `ERR_STATE` called at the wrong time; `ERR_IO` reading or writing failed;
 * `ERR_MEMORY` a model does not fit.
 */
export type LmErrorCode =
  | "ERR_CONFIG"
  | "ERR_ARGUMENT"
  | "ERR_RANGE"
  | "ERR_SHAPE"
  | "ERR_FORMAT"
  | "ERR_MISSING"
  | "ERR_MISMATCH"
  | "ERR_STATE"
  | "ERR_IO"
  | "ERR_MEMORY";

const marker = Symbol.for("deepgrain.lm.error");

/** The error class of this package: `code` gives the type of error, `fields` the offending values. */
export class LmError extends Error {
  override readonly name = "LmError";
  readonly [marker] = true;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: LmErrorCode,
    message: string,
    { fields = {}, cause }: { fields?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.fields = fields;
  }

  /** True for an `LmError` of any installed copy of this package. */
  static isInstance(value: unknown): value is LmError {
    return typeof value === "object" && value !== null && marker in value;
  }
}
