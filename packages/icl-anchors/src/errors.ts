import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_SHAPE",
  "ERR_FORMAT",
  "ERR_MISSING",
  "ERR_TOKENS",
  "ERR_LENGTH",
  "ERR_NOT_FINITE",
  "ERR_IO",
] as const;

/**
 * `ERR_RANGE` a number is outside what is allowed; `ERR_ARGUMENT` an argument is of the wrong kind, or an
 * option does not exist; `ERR_SHAPE` lengths or shapes do not fit; `ERR_FORMAT` a template's or file's content is
 * malformed; `ERR_MISSING` something needed is absent; `ERR_TOKENS` a text does not become the tokens that were
 * expected, such as a label word of several tokens; `ERR_LENGTH` a prompt is longer than the model's context;
 * `ERR_NOT_FINITE` a value is NaN or infinite; `ERR_IO` a file cannot be fetched.
 */
export type AnchorsErrorCode = (typeof codes)[number];

/** The one error class of this package: `code` gives the type of error, `fields` the offending values. */
export class AnchorsError extends errorClass("icl-anchors", codes, "AnchorsError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { oneOf, optionsOf, real, refuseUnknown, whole } = guards(AnchorsError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { having, listOf } = argumentGuards(AnchorsError);
