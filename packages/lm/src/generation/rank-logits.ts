import { LmError } from "../errors";

/** Tokens that may be chosen, most likely first; equal scores are in order of their ids. */
export interface RankedLogits {
  /** Token ids, shape [candidates]. */
  ids: Uint32Array;
  /** Their probabilities, shape [candidates]; they sum to 1. */
  probabilities: Float64Array;
}

const indexBits = 2 ** 21; // 32 bits of score and 21 of index fill a double's 53

/** The error for scores that give no probabilities. */
export function scoreError(where: string, value: number): LmError {
  return new LmError("ERR_RANGE", `lm/${where}: logits must be finite or −∞, got ${value}`, {
    fields: { value },
  });
}

/**
 * Sorts the tokens whose score is above −∞ and gives their softmax, in double precision.
 *
 * @param where name of the caller for error messages
 * @param logits shape [vocabulary], at most 2²¹ long
 * @throws {LmError} `ERR_RANGE` when a score is NaN or +∞
 */
export function rankLogits(where: string, logits: Float32Array): RankedLogits {
  if (logits.length > indexBits)
    throw new LmError("ERR_RANGE", `lm/${where}: there are more than ${indexBits} logits`);
  const bits = new Int32Array(1);
  const bitsOf = new Float32Array(bits.buffer);
  const keys = new Float64Array(logits.length);
  let count = 0;
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i]!;
    if (value === Number.NEGATIVE_INFINITY) continue;
    if (!(value < Number.POSITIVE_INFINITY)) throw scoreError(where, value);
    bitsOf[0] = value + 0; // −0 becomes +0
    // Read as integers, the bits of positive floats increase with their value, and those of negative floats decrease.
    const rising = bits[0]! >= 0 ? bits[0]! : -2147483648 - bits[0]!;
    keys[count++] = (2147483647 - rising) * indexBits + i;
  }
  const sorted = keys.subarray(0, count).sort();
  const ids = Uint32Array.from(sorted, (key) => key % indexBits);
  const highest = logits[ids[0] ?? 0]!;
  const probabilities = Float64Array.from(ids, (id) => Math.exp(logits[id]! - highest));
  const total = probabilities.reduce((sum, value) => sum + value, 0);
  return { ids, probabilities: probabilities.map((value) => value / total) };
}
