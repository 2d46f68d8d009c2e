/** What the error classes of all packages are made with. */
interface ErrorDetails {
  fields?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** A function that throws errors of a class, for places where an expression is wanted. */
export const thrower =
  <Code extends string>(
    PackageError: new (code: Code, message: string, details: ErrorDetails) => Error,
  ) =>
  (code: Code, message: string, fields: ErrorDetails["fields"] = {}, cause?: unknown): never => {
    throw new PackageError(code, message, { fields, cause });
  };
