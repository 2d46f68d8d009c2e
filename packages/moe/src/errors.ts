import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_SHAPE",
  "ERR_NOT_FINITE",
  "ERR_BACKEND",
  "ERR_MISSING",
] as const;

/**
 * `ERR_RANGE` a number is outside its range or settings contradict each other; `ERR_ARGUMENT` an argument is of the
 * wrong kind, or an option does not exist; `ERR_SHAPE` shapes do not fit; `ERR_NOT_FINITE` logits hold NaN or +∞;
 * `ERR_BACKEND` the backend cannot be read synchronously, which an option needs; `ERR_MISSING` an input that this
 * layer needs was not given.
 */
export type MoeErrorCode = (typeof codes)[number];

/** The error class of this package: `code` gives the type of error, `fields` the offending values. */
export class MoeError extends errorClass("moe", codes, "MoeError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { optionsOf, real, refuseUnknown, shape, whole } = guards(MoeError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { functionOf, having, iterableOf, listOf } = argumentGuards(MoeError);
