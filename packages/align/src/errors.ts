import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_RANGE",
  "ERR_SHAPE",
  "ERR_ARGUMENT",
  "ERR_FORMAT",
  "ERR_MISSING",
  "ERR_EQUAL",
  "ERR_CONTEXT",
  "ERR_NOT_FINITE",
] as const;

/**
 * `ERR_RANGE` a number is outside its range; `ERR_SHAPE` lengths or shapes do not fit; `ERR_ARGUMENT` settings
 * contradict each other; `ERR_FORMAT` a row of data is malformed; `ERR_MISSING` a required input is missing;
 * `ERR_EQUAL` the two answers of a pair are the same; `ERR_CONTEXT` a prompt leaves no room for an answer;
 * `ERR_NOT_FINITE` an input is NaN or infinite.
 */
export type AlignErrorCode = (typeof codes)[number];

/** The error class of this package: `code` identifies the kind, `fields` hold the offending values. */
export class AlignError extends errorClass("align", codes, "AlignError") {}

/** The checks that this package's functions begin with. */
export const { fail, finite, oneOf, optionsOf, real, refuseUnknown, shape, whole } =
  guards(AlignError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { contentOf, having, listOf, textOf } = argumentGuards(AlignError);
