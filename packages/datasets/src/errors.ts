import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_MISSING_PACKAGE",
  "ERR_MISSING_FILE",
  "ERR_FORMAT",
  "ERR_ARGUMENT",
  "ERR_RANGE",
] as const;

/**
 * `ERR_MISSING_PACKAGE` an optional data package is not installed, and `fields.install` is the command that adds it;
 * `ERR_MISSING_FILE` a file or folder is absent or cannot be read; `ERR_FORMAT` bytes or text do not have the
 * expected format; `ERR_RANGE` an argument is outside its range; `ERR_ARGUMENT` an argument is of the wrong kind, or
 * an option does not exist.
 */
export type DatasetsErrorCode = (typeof codes)[number];

/** The error class of this package: `code` gives the type of error, `fields` the offending values. */
export class DatasetsError extends errorClass("datasets", codes, "DatasetsError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { optionsOf, real, refuseUnknown, whole } = guards(DatasetsError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { contentOf, having, iterableOf, listOf, textOf } = argumentGuards(DatasetsError);
