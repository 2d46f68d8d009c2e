import { functionOf, LmError, listOf } from "../errors";
import { scoreError } from "./rank-logits";

function noChoice(where: string): LmError {
  return new LmError("ERR_RANGE", `lm/${where}: every token is forbidden (all logits are −∞)`);
}

function highest(where: string, logits: Float32Array): number {
  let best = 0;
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i]!;
    if (!(value < Number.POSITIVE_INFINITY)) throw scoreError(where, value);
    if (value > logits[best]!) best = i;
  }
  if (!(logits[best]! > Number.NEGATIVE_INFINITY)) throw noChoice(where);
  return best;
}

/**
 * Returns the most likely token; on ties, the lowest id.
 *
 * @param logits shape [vocabulary]
 * @throws {LmError} `ERR_RANGE` when a score is NaN or +∞, or all are −∞
 */
export function greedy(logits: Float32Array): number {
  listOf("greedy", "logits", logits);
  return highest("greedy", logits);
}

/**
 * Draws a token from the softmax of the scores, by inverting the cumulative distribution over ids in order.
 *
 * @param logits shape [vocabulary]
 * @param random uniform in [0, 1); called once
 * @throws {LmError} `ERR_RANGE` when a score is NaN or +∞, or all are −∞
 */
export function multinomial(logits: Float32Array, random: () => number): number {
  listOf("multinomial", "logits", logits);
  functionOf("multinomial", "random", random);
  const best = highest("multinomial", logits);
  const top = logits[best]!;
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i]! - top);
  let left = random() * total;
  let last = best; // if rounding leaves a remainder, the last token with a probability above 0 is taken
  for (let i = 0; i < logits.length; i++) {
    const weight = Math.exp(logits[i]! - top);
    if (weight === 0) continue;
    last = i;
    left -= weight;
    if (left < 0) return i;
  }
  return last;
}
