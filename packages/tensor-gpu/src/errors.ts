import { errorClass, guards } from "@deepgrain/support";

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

/** The checks that functions begin with. */
export const { fail, optionsOf, refuseUnknown } = /* @__PURE__ */ guards(TensorError);
