import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_GRAPH",
  "ERR_WEIGHT",
  "ERR_LABEL",
  "ERR_NODE",
  "ERR_CHANGED",
  "ERR_NOT_CONVERGED",
  "ERR_SHAPE",
  "ERR_FORMAT",
] as const;

/**
 * `ERR_ARGUMENT` an argument has the wrong type, or two contradict each other; `ERR_RANGE` a number is outside its range;
 * `ERR_GRAPH` the graph is neither a graphology graph nor a CSR, or its arrays are inconsistent; `ERR_WEIGHT` an edge weight is
 * not a finite number above 0; `ERR_LABEL` labels are missing or of another type; `ERR_NODE` a node is not in the graph;
 * `ERR_CHANGED` the graph changed during the call; `ERR_NOT_CONVERGED` the iteration limit was reached first; `ERR_SHAPE` arrays
 * have inconsistent sizes; `ERR_FORMAT` a file does not have the expected format.
 */
export type RenodeErrorCode = (typeof codes)[number];

/** The one error class of this package: `code` is the kind of error, `fields` hold the invalid values. */
export class RenodeError extends errorClass("renode", codes, "RenodeError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { fail, oneOf, optionsOf, real, refuseUnknown, whole } = guards(RenodeError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { having, iterableOf, listOf } = argumentGuards(RenodeError);
