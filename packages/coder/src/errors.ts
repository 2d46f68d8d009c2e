import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_SENTINEL",
  "ERR_PATH",
  "ERR_FORMAT",
  "ERR_JOURNAL",
  "ERR_COMPLETION",
  "ERR_SANDBOX",
  "ERR_MISSING",
] as const;

/**
 * `ERR_ARGUMENT` an argument is missing or of the wrong kind, or an option does not exist; `ERR_RANGE` a number is outside
 * its range; `ERR_SENTINEL` a document holds a sentinel of fill-in-the-middle; `ERR_PATH` a path leads out of its
 * repository; `ERR_FORMAT` a row of tasks is malformed; `ERR_JOURNAL` a journal is of another run or damaged;
 * `ERR_COMPLETION` a model broke its contract; `ERR_SANDBOX` a sandbox died; `ERR_MISSING` an optional library is missing.
 */
export type CoderErrorCode = (typeof codes)[number];

/** The error class of this package: `code` gives the kind, `fields` the offending values. */
export class CoderError extends errorClass("coder", codes, "CoderError") {}

export const { fail, oneOf, optionsOf, real, refuseUnknown, whole } = guards(CoderError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { functionOf, having, iterableOf, listOf, textOf } = argumentGuards(CoderError);
