import { thrower } from "@deepgrain/files";

/**
 * `ERR_RANGE` an argument is outside its range; `ERR_ARGUMENT` an argument is of the wrong kind; `ERR_NOT_FINITE` a loss or
 * a gradient is NaN or infinite; `ERR_FORMAT` a checkpoint is malformed or of another run; `ERR_MISSING` a file is absent;
 * `ERR_STATE` a folder is in use by an earlier run; `ERR_IO` reading or writing failed.
 */
export type TrainerErrorCode =
  | "ERR_RANGE"
  | "ERR_ARGUMENT"
  | "ERR_NOT_FINITE"
  | "ERR_FORMAT"
  | "ERR_MISSING"
  | "ERR_STATE"
  | "ERR_IO";

const marker = Symbol.for("deepgrain.trainer.error");

/** The error class of this package: `code` says which kind, `fields` hold the offending values. */
export class TrainerError extends Error {
  override readonly name = "TrainerError";
  readonly [marker] = true;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: TrainerErrorCode,
    message: string,
    { fields = {}, cause }: { fields?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.fields = fields;
  }

  /** True for a `TrainerError` of any installed copy of this package. */
  static isInstance(value: unknown): value is TrainerError {
    return typeof value === "object" && value !== null && marker in value;
  }
}

/** Throws a `TrainerError`, where an expression is wanted. */
export const fail = thrower(TrainerError);
