import { thrower } from "@deepgrain/files";

/**
 * `ERR_ARGUMENT` an argument has the wrong form; `ERR_RANGE` a number is outside its range; `ERR_STUDY` a study contradicts
 * itself; `ERR_CHANGED` a folder holds runs of another study or other settings; `ERR_FOLDER` a folder holds something else;
 * `ERR_RESULT` a run returned what a JSON file cannot hold; `ERR_RUN` a run failed; `ERR_MODULE` a study cannot be imported;
 * `ERR_LOCKED` another process works in the folder; `ERR_IO` the file system refused.
 */
export type LabErrorCode =
  | "ERR_ARGUMENT"
  | "ERR_RANGE"
  | "ERR_STUDY"
  | "ERR_CHANGED"
  | "ERR_FOLDER"
  | "ERR_RESULT"
  | "ERR_RUN"
  | "ERR_MODULE"
  | "ERR_LOCKED"
  | "ERR_IO";

const marker = Symbol.for("deepgrain.lab.error");

/** The one error class of this package: `code` says what kind, `fields` hold the offending values. */
export class LabError extends Error {
  override readonly name = "LabError";
  readonly [marker] = true;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: LabErrorCode,
    message: string,
    { fields = {}, cause }: { fields?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.fields = fields;
  }

  /** Whether a value is a `LabError` of any installed copy of this package. */
  static isInstance(value: unknown): value is LabError {
    return typeof value === "object" && value !== null && marker in value;
  }
}

/** Throws a `LabError`, where an expression is wanted. */
export const fail = thrower(LabError);
