/** What went wrong, for programs: see {@link DatasetsError}. */
export type DatasetsErrorCode =
  /** An optional data package is not installed; `details.install` is the command that adds it. */
  | "ERR_MISSING_PACKAGE"
  /** A file or folder that should be there is not, or cannot be read. */
  | "ERR_MISSING_FILE"
  /** The bytes or text do not have the form that the parser reads. */
  | "ERR_FORMAT"
  /** An argument is outside the allowed values. */
  | "ERR_RANGE";

const marker = Symbol.for("deepgrain.datasets.error");

/**
 * The one error class of this package. `code` names the kind of failure, `details` holds the
 * offending values, `cause` the underlying error where there is one.
 */
export class DatasetsError extends Error {
  readonly code: DatasetsErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly [marker] = true;

  constructor(
    code: DatasetsErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "DatasetsError";
    this.code = code;
    this.details = details;
  }

  /** True for a `DatasetsError` of any copy of this package, which `instanceof` cannot tell. */
  static isInstance(error: unknown): error is DatasetsError {
    return typeof error === "object" && error !== null && marker in error;
  }
}
