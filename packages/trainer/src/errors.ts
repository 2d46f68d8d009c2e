import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_RANGE",
  "ERR_ARGUMENT",
  "ERR_NOT_FINITE",
  "ERR_FORMAT",
  "ERR_MISSING",
  "ERR_STATE",
  "ERR_IO",
] as const;

/**
 * `ERR_RANGE` an argument is outside its range; `ERR_ARGUMENT` an argument is of the wrong kind; `ERR_NOT_FINITE` a loss or
 * a gradient is NaN or infinite; `ERR_FORMAT` a checkpoint is malformed or of another run; `ERR_MISSING` a file is absent;
 * `ERR_STATE` a folder is in use by an earlier run; `ERR_IO` reading or writing failed.
 */
export type TrainerErrorCode = (typeof codes)[number];

/** The error class of this package: `code` says which kind, `fields` hold the offending values. */
export class TrainerError extends errorClass("trainer", codes, "TrainerError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { fail, optionsOf, real, refuseUnknown, whole } = guards(TrainerError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { folderOf, functionOf, having } = argumentGuards(TrainerError);
