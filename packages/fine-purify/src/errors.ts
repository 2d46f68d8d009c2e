import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_SHAPE",
  "ERR_MISMATCH",
  "ERR_NOT_FINITE",
  "ERR_DATA",
  "ERR_NO_SEPARATION",
  "ERR_BACKEND",
  "ERR_FORMAT",
] as const;

/**
 * `ERR_ARGUMENT` an option is missing or contradicts another; `ERR_RANGE` a number is outside its range; `ERR_SHAPE` lengths
 * or shapes do not fit; `ERR_MISMATCH` two checkpoints do not belong together; `ERR_NOT_FINITE` a value is NaN or
 * infinite; `ERR_DATA` a data set is empty, lacks a class or holds an unknown label; `ERR_NO_SEPARATION` a mixture has
 * one component; `ERR_BACKEND` the engine's backend cannot do it; `ERR_FORMAT` a file's content is malformed.
 */
export type PurifyErrorCode = (typeof codes)[number];

/** The one error class of this package: `code` gives the type of error, `fields` the offending values. */
export class PurifyError extends errorClass("fine-purify", codes, "PurifyError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { oneOf, optionsOf, real, refuseUnknown, whole } = guards(PurifyError);

/** Rejects a share outside [0, 1]. @throws {PurifyError} `ERR_RANGE` */
export function assertShare(where: string, name: string, value: number): void {
  real(where, name, value, { min: 0, max: 1 });
}

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { functionOf, having, iterableOf, listOf, textOf } = argumentGuards(PurifyError);
