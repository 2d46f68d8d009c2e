import { LmError, listOf } from "../errors";

/**
 * Changes the scores of the next token in place and returns them. Forbidden tokens get −∞.
 *
 * @param inputIds all tokens so far, prompt included
 * @param logits unnormalised log probabilities, shape [vocabulary]
 */
export type LogitsProcessor = (inputIds: ArrayLike<number>, logits: Float32Array) => Float32Array;

/** Returns the processor that applies the given ones in order; without any it changes nothing. */
export function composeProcessors(processors: readonly LogitsProcessor[]): LogitsProcessor {
  return (inputIds, logits) =>
    processors.reduce((scores, process) => process(inputIds, scores), logits);
}

/** The error for an option outside its range. */
export function rangeError(where: string, name: string, wanted: string, value: unknown): LmError {
  return new LmError("ERR_RANGE", `lm/${where}: ${name} must be ${wanted}, got ${value}`, {
    fields: { [name]: value },
  });
}

/** Checks a whole number of at least `minimum`. */
export function checkCount(where: string, name: string, value: number, minimum = 1): void {
  if (!Number.isSafeInteger(value) || value < minimum)
    throw rangeError(where, name, `a whole number of at least ${minimum}`, value);
}

/** Checks token ids. */
export function checkIds(where: string, name: string, ids: readonly number[]): void {
  listOf(where, name, ids);
  for (const id of ids) checkCount(where, name, id, 0);
}
