import { argumentGuards, budgets, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_CONFIG",
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_SHAPE",
  "ERR_FORMAT",
  "ERR_MISSING",
  "ERR_MISMATCH",
  "ERR_STATE",
  "ERR_BUSY",
  "ERR_IO",
  "ERR_MEMORY",
  "ERR_LIMIT",
] as const;

/**
 * `ERR_CONFIG` a model or tokenizer configuration is wrong; `ERR_RANGE` an argument is outside its range;
 * `ERR_ARGUMENT` an argument is of the wrong kind, or an option does not exist; `ERR_SHAPE` lengths or shapes do not
 * fit; `ERR_FORMAT` a file's content is malformed; `ERR_MISSING` something needed is absent; `ERR_MISMATCH` an
 * adapter belongs to another model; `ERR_STATE` called at the wrong time; `ERR_BUSY` too many requests wait; `ERR_IO` reading or writing failed;
 * `ERR_MEMORY` a model does not fit; `ERR_LIMIT` an input takes more work than its budget allows.
 */
export type LmErrorCode = (typeof codes)[number];

/** The error class of this package: `code` gives the type of error, `fields` the offending values. */
export class LmError extends errorClass("lm", codes, "LmError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { fail, oneOf, optionsOf, real, refuseUnknown, whole } = guards(LmError);

/** Starts the budget of a reader; see `budgets` of @deepgrain/support. */
export const budgetOf = budgets(LmError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { folderOf, functionOf, having, iterableOf, listOf, mapOf, textOf } =
  argumentGuards(LmError);
