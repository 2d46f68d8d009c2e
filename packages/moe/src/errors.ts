import { argumentGuards, errorClass, guards } from "@deepgrain/support";
import { reader } from "@deepgrain/support/schema";

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

/** Options and single arguments, as declared; see `reader` of @deepgrain/support/schema. */
export const { check, read } = reader(MoeError);

/** The check of shapes; see `guards` of @deepgrain/support. */
export const { shape } = guards(MoeError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { functionOf, having, iterableOf, listOf } = argumentGuards(MoeError);
