import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_SHAPE",
  "ERR_FORMAT",
  "ERR_MISSING",
  "ERR_NOT_FINITE",
  "ERR_MISMATCH",
  "ERR_STATE",
  "ERR_IO",
] as const;

/**
 * `ERR_RANGE` a number or name is outside what is allowed; `ERR_ARGUMENT` an argument is of the wrong kind, or an
 * option does not exist; `ERR_SHAPE` lengths or shapes do not fit; `ERR_FORMAT` a file's content is malformed;
 * `ERR_MISSING` something needed is absent; `ERR_NOT_FINITE` a value is NaN or infinite; `ERR_MISMATCH` an adapter
 * belongs to another base model or another configuration; `ERR_STATE` called at the wrong time; `ERR_IO` reading or
 * writing failed.
 */
export type EsftErrorCode = (typeof codes)[number];

/** The error class of this package: `code` gives the type of error, `fields` the offending values. */
export class EsftError extends errorClass("esft", codes, "EsftError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { optionsOf, real, refuseUnknown, whole } = guards(EsftError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { folderOf, having, iterableOf, listOf, textOf } = argumentGuards(EsftError);
