import { type LogitsProcessor, rangeError } from "./logits-processor";

/**
 * Returns the processor that makes every token that occurred already less likely: its score is divided by
 * `penalty` where positive, multiplied where negative. Ids outside the vocabulary are ignored.
 *
 * @param penalty above 0; 1 changes nothing, below 1 encourages repetition
 * @throws {LmError} `ERR_RANGE` when the penalty is not a finite number above 0
 * @see Keskar et al. 2019 (CTRL), section 4.1
 */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  if (!(penalty > 0 && Number.isFinite(penalty)))
    throw rangeError("repetitionPenalty", "penalty", "a finite number above 0", penalty);
  return (inputIds, logits) => {
    for (const id of new Set(Array.from(inputIds))) {
      const score = logits[id];
      if (score !== undefined) logits[id] = score < 0 ? score * penalty : score / penalty;
    }
    return logits;
  };
}
