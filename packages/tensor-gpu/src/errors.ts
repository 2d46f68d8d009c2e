import { errorClass, optionsCheck, unknownCheck } from "@deepgrain/support";

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
] as const;

/**
 * `ERR_SHAPE` shapes or axes do not fit; `ERR_RANGE` a number is outside its range; `ERR_ARGUMENT` an argument is of the wrong
 * kind; `ERR_DTYPE` an element type is not accepted; `ERR_BACKEND` a backend is missing, failed or cannot do it;
 * `ERR_FORMAT` a file is malformed; `ERR_IO` reading or writing failed; `ERR_MEMORY` memory ran out; `ERR_AUTOGRAD` gradients
 * cannot be computed; `ERR_DISPOSED` a tensor was disposed; `ERR_ABORTED` a signal ended the work.
 */
export type TensorErrorCode = (typeof codes)[number];

/** The error class of this package: `code` says which kind, `fields` hold the offending values. */
export class TensorError extends errorClass("tensor-gpu", codes, { name: "TensorError" }) {}

/** Throws the package's error. */
export function fail(
  code: TensorErrorCode,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): never {
  throw new TensorError(code, message, { fields });
}

const refuse = (message: string, fields: Readonly<Record<string, unknown>>): never =>
  fail("ERR_ARGUMENT", message, fields);

// Two of the guards of @deepgrain/support, without those that a bundle of one layer does not use.
/** Returns options that are an object. @throws {TensorError} `ERR_ARGUMENT` for anything else */
export const optionsOf = /* @__PURE__ */ optionsCheck(refuse);
/** Ends a destructuring of options. @throws {TensorError} `ERR_ARGUMENT` for an option that the function does not have */
export const refuseUnknown = /* @__PURE__ */ unknownCheck(refuse);
