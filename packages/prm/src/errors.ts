import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_FORMAT",
  "ERR_COMPLETION",
  "ERR_HTTP",
  "ERR_NETWORK",
  "ERR_TIMEOUT",
  "ERR_RESPONSE",
  "ERR_BUDGET",
  "ERR_JOURNAL",
  "ERR_QUEUE",
  "ERR_MISSING",
] as const;

/**
 * `ERR_ARGUMENT` an argument is missing or of the wrong kind; `ERR_RANGE` a number is outside its range;
 * `ERR_FORMAT` a row or file is malformed; `ERR_COMPLETION` a completer or scorer broke its contract;
 * `ERR_HTTP` an endpoint answered with an error; `ERR_NETWORK` it could not be reached or the connection broke;
 * `ERR_TIMEOUT` it did not answer in time; `ERR_RESPONSE` its answer was unreadable; `ERR_BUDGET` the token
 * budget does not cover the next request; `ERR_JOURNAL` a journal belongs to another run or is damaged;
 * `ERR_QUEUE` a queued job failed permanently; `ERR_MISSING` an optional library or a setting is missing.
 *
 * @public
 */
export type PrmErrorCode = (typeof codes)[number];

/** The error class of this package: `code` identifies the kind, `fields` hold the offending values. */
export class PrmError extends errorClass("prm", codes, "PrmError") {}

/** The checks that this package's functions begin with. */
export const { fail, oneOf, optionsOf, real, refuseUnknown, whole } = guards(PrmError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { functionOf, having, iterableOf, listOf, textOf } = argumentGuards(PrmError);
