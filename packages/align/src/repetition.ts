import type { CausalLM } from "@deepgrain/lm";
import { AlignError, having, optionsOf, refuseUnknown, whole } from "./errors";
import type { RolloutEngine } from "./training/rollout-engine";
import { sampleAnswers } from "./training/rollouts";

/** Options of {@link repeatedPeriod}. */
export interface RepetitionOptions {
  /** How often the cycle must be repeated at the end, at least 2. Default 3. */
  times?: number | undefined;
  /** Longest cycle to look for, in tokens. Default: the longest that fits `times` times. */
  longestPeriod?: number | undefined;
}

/**
 * The length of the shortest cycle that is repeated `times` times at the end of a sequence; null if there is none.
 *
 * @param ids tokens, or anything that can be compared
 * @throws {AlignError} `ERR_RANGE` for options out of range
 */
export function repeatedPeriod(
  ids: ArrayLike<number>,
  options: RepetitionOptions = {},
): number | null {
  const { times = 3, longestPeriod = Infinity, ...rest } = optionsOf("repeatedPeriod", options);
  refuseUnknown("repeatedPeriod", rest);
  whole("repeatedPeriod", "times", times, { min: 2 });
  const most = Math.min(longestPeriod, Math.floor(ids.length / times));
  for (let period = 1; period <= most; period++) {
    const from = ids.length - times * period;
    let i = ids.length - 1;
    while (i >= from + period && ids[i] === ids[i - period]) i--;
    if (i < from + period) return period;
  }
  return null;
}

/**
 * Whether an answer repeats itself endlessly: it was cut off at the maximum length and ends with a cycle.
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 5.1, for the ratio that this function counts
 */
export const isEndless = (
  { ids, isComplete }: { ids: ArrayLike<number>; isComplete: boolean },
  options: RepetitionOptions = {},
): boolean => {
  const { times, longestPeriod, ...rest } = optionsOf("isEndless", options);
  refuseUnknown("isEndless", rest);
  return !isComplete && repeatedPeriod(ids, { times, longestPeriod }) !== null;
};

/** Always selects the most likely token, equivalent to a temperature of 0 as in the paper. */
const COLD = 1e-6;

/**
 * The share of prompts whose greedy answer repeats itself endlessly.
 *
 * @param prompts token ids
 * @throws {AlignError} `ERR_MISSING` without prompts; as {@link sampleAnswers}
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 5.1
 */
export async function repetitionRatio(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  options: RepetitionOptions & {
    /** Longest answer in tokens. Default 64. */
    maxNewTokens?: number | undefined;
    eosTokenId?: number | null | undefined;
    engine?: RolloutEngine | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<number> {
  having("repetitionRatio", "model", model, "config");
  const { times, longestPeriod, maxNewTokens, eosTokenId, engine, signal, ...rest } = optionsOf(
    "repetitionRatio",
    options,
  );
  refuseUnknown("repetitionRatio", rest);
  if (prompts.length === 0)
    throw new AlignError("ERR_MISSING", "align/repetitionRatio: there are no prompts");
  const answers = await sampleAnswers(model, prompts, {
    maxNewTokens,
    eosTokenId,
    engine,
    signal,
    groupSize: 1,
    temperature: COLD,
  });
  const limits = { times, longestPeriod };
  return answers.filter((answer) => isEndless(answer, limits)).length / answers.length;
}
