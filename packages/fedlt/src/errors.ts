import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_SHAPE",
  "ERR_NOT_FINITE",
  "ERR_FORMAT",
  "ERR_TOO_LARGE",
  "ERR_VERSION",
  "ERR_DATA",
  "ERR_QUORUM",
  "ERR_TRANSPORT",
  "ERR_AUTH",
  "ERR_SECURE",
  "ERR_STATE",
  "ERR_IO",
] as const;

/**
 * `ERR_ARGUMENT` an option is missing, unknown or contradicts another; `ERR_RANGE` a number is outside its range;
 * `ERR_SHAPE` names or shapes do not match; `ERR_NOT_FINITE` a number is NaN or infinite; `ERR_FORMAT` bytes or a message are
 * malformed; `ERR_TOO_LARGE` a message exceeds the limit; `ERR_VERSION` the other side speaks another version;
 * `ERR_DATA` a client's data cannot be used; `ERR_QUORUM` too few clients answered; `ERR_TRANSPORT` the connection
 * failed; `ERR_AUTH` credentials were refused; `ERR_SECURE` secure aggregation is not possible as requested; `ERR_STATE`
 * a call at the wrong time, or with the state of another run; `ERR_IO` reading or writing failed.
 */
export type FedErrorCode = (typeof codes)[number];

/** The one error class of this package: `code` is the kind of error, `fields` hold the invalid values. */
export class FedError extends errorClass("fedlt", codes, "FedError") {}

/** The checks that this package's functions begin with. */
export const { oneOf, optionsOf, real, refuseUnknown, whole } = guards(FedError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { functionOf, having, listOf, mapOf, textOf } = argumentGuards(FedError);
