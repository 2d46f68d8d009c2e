import { errorClass } from "@deepgrain/support";

const codes = [
  "ERR_SHAPE",
  "ERR_RANGE",
  "ERR_ARGUMENT",
  "ERR_ABORTED",
  "ERR_DTYPE",
  "ERR_BACKEND",
  "ERR_FORMAT",
  "ERR_IO",
  "ERR_MEMORY",
  "ERR_AUTOGRAD",
  "ERR_DISPOSED",
  "ERR_LIMIT",
] as const;

/**
 * `ERR_SHAPE` shapes or axes do not fit; `ERR_RANGE` a number is outside its range; `ERR_ARGUMENT` an argument is of the wrong
 * kind; `ERR_DTYPE` an element type is not accepted; `ERR_BACKEND` a backend is missing, failed or cannot do it;
 * `ERR_FORMAT` a file is malformed; `ERR_IO` reading or writing failed; `ERR_MEMORY` memory ran out; `ERR_AUTOGRAD` gradients
 * cannot be computed; `ERR_DISPOSED` a tensor was disposed; `ERR_ABORTED` a signal ended the work;
 * `ERR_LIMIT` a file takes more work than its budget allows.
 */
export type TensorErrorCode = (typeof codes)[number];

/** The error class of this package: `code` says which kind, `fields` hold the offending values. */
export class TensorError extends errorClass("tensor-gpu", codes, "TensorError") {}

/** Throws the package's error. */
export function fail(
  code: TensorErrorCode,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
): never {
  throw new TensorError(code, message, { fields });
}

// Smaller than the guards of @deepgrain/support: these are in every bundle of a page.

/** Refuses an argument of the wrong kind: "tidy: needs a function, got undefined". @throws {TensorError} `ERR_ARGUMENT` */
export function assertKind(isRight: boolean, where: string, wanted: string, got: unknown): void {
  if (!isRight) fail("ERR_ARGUMENT", `${where}: ${wanted}, got ${`${got}`.slice(0, 60)}`);
}

/** @throws {TensorError} `ERR_ARGUMENT` for anything but a function */
export const assertFunction = (where: string, fn: unknown): void =>
  assertKind(typeof fn === "function", where, "needs a function", fn);

/** @throws {TensorError} `ERR_ARGUMENT` for anything but an array */
export const assertList = (where: string, list: unknown): void =>
  assertKind(Array.isArray(list), where, "needs a list", list);

/** Returns options that are an object. @throws {TensorError} `ERR_ARGUMENT` for anything else */
export function optionsOf<Options extends object>(where: string, options: Options): Options {
  const isObject = options === Object(options) && !Array.isArray(options);
  assertKind(isObject, where, "options must be an object", options);
  return options;
}

/**
 * Ends a destructuring of options. What is left has the type `Record<string, never>`, so that the compiler proves that every
 * option is read.
 *
 * @param names known ones, of which one that differs in case only is named
 * @throws {TensorError} `ERR_ARGUMENT` for an option that the function does not have
 */
export function refuseUnknown(
  where: string,
  rest: Readonly<Record<string, never>>,
  names: readonly string[] = [],
): void {
  for (const name in rest) {
    const near = names.find((known) => known.toLowerCase() === name.toLowerCase());
    const hint = near ? `; did you mean "${near}"?` : "";
    fail("ERR_ARGUMENT", `${where}: unknown option "${name}"${hint}`, { name });
  }
}
