import { argumentGuards, errorClass, guards } from "@deepgrain/support";

const codes = [
  "ERR_ASYNC_PROXY",
  "ERR_CAPACITY",
  "ERR_DECODE",
  "ERR_KEY",
  "ERR_LOGITS",
  "ERR_PAYLOAD",
  "ERR_PROFILE",
  "ERR_PROXY",
  "ERR_ARGUMENT",
  "ERR_RANGE",
  "ERR_SHAPE",
  "ERR_TOKEN",
  "ERR_TOO_SHORT",
  "ERR_UNSUPPORTED",
] as const;

/**
 * `ERR_PROFILE` a profile contradicts itself or the model; `ERR_RANGE` a number is outside its range; `ERR_ARGUMENT`
 * an argument is of the wrong kind, or an option does not exist; `ERR_SHAPE` lengths do not fit; `ERR_KEY` a key is
 * malformed; `ERR_PAYLOAD` a payload is malformed or too long; `ERR_CAPACITY` a payload does not fit; `ERR_TOO_SHORT`
 * a text has too few tokens; `ERR_TOKEN` an id is outside the vocabulary; `ERR_LOGITS` logits cannot be used;
 * `ERR_PROXY` a proxy model broke its contract; `ERR_ASYNC_PROXY` a proxy is asynchronous where that is not
 * supported; `ERR_DECODE` no payload could be decoded; `ERR_UNSUPPORTED` the scheme cannot do this.
 */
export type WatermarkErrorCode = (typeof codes)[number];

/**
 * The error class of this package: `code` identifies the kind, `fields` hold the offending numbers (for example
 * `{ needed: 16, got: 5 }`). Keys never appear in either.
 */
export class WatermarkError extends errorClass("watermark", codes, "WatermarkError") {}

/** The checks that functions begin with; see `guards` of @deepgrain/support. */
export const { oneOf, optionsOf, real, refuseUnknown, whole } = guards(WatermarkError);

/** The checks of arguments that are no options; see `argumentGuards` of @deepgrain/support. */
export const { functionOf, having, iterableOf, listOf, textOf } = argumentGuards(WatermarkError);
