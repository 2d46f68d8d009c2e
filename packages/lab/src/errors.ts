import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_STUDY",
  "ERR_CHANGED",
  "ERR_FOLDER",
  "ERR_RESULT",
  "ERR_RUN",
  "ERR_MODULE",
  "ERR_LOCKED",
  "ERR_IO",
] as const;

/**
 * `ERR_ARGUMENT` an argument has the wrong form; `ERR_RANGE` a number is outside its range; `ERR_STUDY` a study contradicts
 * itself; `ERR_CHANGED` a folder holds runs of another study or other settings; `ERR_FOLDER` a folder holds something else;
 * `ERR_RESULT` a run returned what a JSON file cannot hold; `ERR_RUN` a run failed; `ERR_MODULE` a study cannot be imported;
 * `ERR_LOCKED` another process works in the folder; `ERR_IO` the file system refused.
 */
export type LabErrorCode = (typeof codes)[number];

/** The one error class of this package: `code` says what kind, `fields` hold the offending values. */
export class LabError extends errorClass("lab", codes, "LabError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { fail, oneOf, optionsOf, real, refuseUnknown, whole } = guards(LabError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { functionOf, having, listOf, textOf } = argumentGuards(LabError);
