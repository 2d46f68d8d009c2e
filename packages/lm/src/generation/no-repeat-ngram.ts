import { checkCount, type LogitsProcessor } from "./logits-processor";

/**
 * Returns the processor that forbids every token which would complete a run of `size` tokens that occurred before.
 *
 * @param size at least 1; with 1 no token may occur twice
 * @throws {LmError} `ERR_RANGE` when the size is not a whole number of at least 1
 * @see Paulus et al. 2018, "A Deep Reinforced Model for Abstractive Summarization", section 2.5
 */
export function noRepeatNgram(size: number): LogitsProcessor {
  checkCount("noRepeatNgram", "size", size);
  return (inputIds, logits) => {
    const prefix = inputIds.length - size + 1; // where the run that the next token ends would begin
    for (let start = 0; start < prefix; start++) {
      let matched = 0;
      while (matched < size - 1 && inputIds[start + matched] === inputIds[prefix + matched])
        matched++;
      const next = inputIds[start + size - 1]!;
      if (matched === size - 1 && next < logits.length) logits[next] = Number.NEGATIVE_INFINITY;
    }
    return logits;
  };
}
