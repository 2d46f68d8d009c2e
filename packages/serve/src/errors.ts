import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = ["ERR_ARGUMENT", "ERR_RANGE", "ERR_REQUEST"] as const;

/**
 * `ERR_ARGUMENT` an option of the handler is missing or of the wrong kind, or does not exist; `ERR_RANGE` a number is outside
 * its range; `ERR_REQUEST` a request is refused, which its client sees as a status and a body.
 */
export type ServeErrorCode = (typeof codes)[number];

/** The error class of this package: `code` gives the kind, `fields` the offending values. */
export class ServeError extends errorClass("serve", codes, "ServeError") {}

export const { fail, optionsOf, refuseUnknown, whole } = guards(ServeError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { having } = argumentGuards(ServeError);
