import { optionsOf, real, refuseUnknown } from "../errors";
import { checkCount, type LogitsProcessor } from "./logits-processor";

/** Options of {@link countPenalty}. */
export interface CountPenaltyOptions {
  /** α of the formula; below 0 encourages repetition. Default 0. */
  frequencyPenalty?: number | undefined;
  /** β of the formula. Default 0. */
  presencePenalty?: number | undefined;
  /** Tokens of the prompt, which are not counted. */
  promptLength: number;
}

/**
 * Returns the processor that makes tokens less likely the more often they were generated: µ[j] − c[j]·α − (c[j] > 0)·β, where
 * c[j] counts token j in the text after the prompt.
 *
 * @throws {LmError} `ERR_RANGE` when a penalty is not finite or the length is not a whole number of at least 0
 * @see OpenAI, API reference, "Frequency and presence penalties"
 */
export function countPenalty(options: CountPenaltyOptions): LogitsProcessor {
  const {
    frequencyPenalty = 0,
    presencePenalty = 0,
    promptLength,
    ...rest
  } = optionsOf("countPenalty", options);
  refuseUnknown("countPenalty", rest);
  real("countPenalty", "frequencyPenalty", frequencyPenalty);
  real("countPenalty", "presencePenalty", presencePenalty);
  checkCount("countPenalty", "promptLength", promptLength, 0);
  return (inputIds, logits) => {
    const counts = new Map<number, number>();
    for (let place = promptLength; place < inputIds.length; place++)
      counts.set(inputIds[place]!, (counts.get(inputIds[place]!) ?? 0) + 1);
    for (const [id, count] of counts)
      if (id < logits.length) logits[id]! -= count * frequencyPenalty + presencePenalty;
    return logits;
  };
}
