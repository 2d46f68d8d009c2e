import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_ROW",
  "ERR_FORMAT",
  "ERR_TOO_FEW",
  "ERR_NOT_CONVERGED",
  "ERR_UNSUPPORTED",
] as const;

/**
 * `ERR_ARGUMENT` an argument is missing or contradicts another; `ERR_RANGE` a number is outside its range; `ERR_ROW` a
 * row of a table lacks a value or has a wrong one; `ERR_FORMAT` a text is not what it should be (CSV, JSON);
 * `ERR_TOO_FEW` there are too few runs for the fit; `ERR_NOT_CONVERGED` an optimiser found nothing finite;
 * `ERR_UNSUPPORTED` a model that the importer cannot count.
 */
export type ScalingLawsErrorCode = (typeof codes)[number];

/** The one error class of this package: `code` says what kind, `fields` hold the offending values. */
export class ScalingLawsError extends errorClass("scaling-laws", codes, "ScalingLawsError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { oneOf, optionsOf, real, refuseUnknown, whole } = guards(ScalingLawsError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { having, listOf, textOf } = argumentGuards(ScalingLawsError);
