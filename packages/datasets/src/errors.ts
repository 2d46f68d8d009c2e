/**
 * `ERR_MISSING_PACKAGE` an optional data package is not installed, and `fields.install` is the command that adds it;
 * `ERR_MISSING_FILE` a file or folder is absent or cannot be read; `ERR_FORMAT` bytes or text do not have the
 * expected format; `ERR_RANGE` an argument is outside its range; `ERR_ARGUMENT` an argument is of the wrong kind, or
 * an option does not exist.
 */
export type DatasetsErrorCode =
  | "ERR_MISSING_PACKAGE"
  | "ERR_MISSING_FILE"
  | "ERR_FORMAT"
  | "ERR_ARGUMENT"
  | "ERR_RANGE";

const marker = Symbol.for("deepgrain.datasets.error");

/** The error class of this package: `code` gives the type of error, `fields` the offending values. */
export class DatasetsError extends Error {
  override readonly name = "DatasetsError";
  readonly [marker] = true;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: DatasetsErrorCode,
    message: string,
    { fields = {}, cause }: { fields?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.fields = fields;
  }

  /** True for a `DatasetsError` of any installed copy of this package. */
  static isInstance(value: unknown): value is DatasetsError {
    return typeof value === "object" && value !== null && marker in value;
  }
}
