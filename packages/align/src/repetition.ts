import type { CausalLM } from "@deepgrain/lm";
import type { OptionNames } from "@deepgrain/support";
import { pickOptions } from "@deepgrain/support";
import { checkWhole } from "./checks";
import { AlignError } from "./errors";
import { knownOptions } from "./known-options";
import type { RolloutEngine } from "./training/rollout-engine";
import { sampleAnswers, sampleOptionNames } from "./training/rollouts";

/** Options of {@link repeatedPeriod}. */
export interface RepetitionOptions {
  /** How often the cycle must be repeated at the end, at least 2. Default 3. */
  times?: number;
  /** Longest cycle to look for, in tokens. Default: the longest that fits `times` times. */
  longestPeriod?: number;
}

const repetitionOptionNames: OptionNames<RepetitionOptions> = {
  times: true,
  longestPeriod: true,
};

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
  const { times = 3, longestPeriod = Infinity } = knownOptions(
    "repeatedPeriod",
    options,
    repetitionOptionNames,
  );
  checkWhole("repeatedPeriod", "times", times, 2);
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
  knownOptions("isEndless", options, repetitionOptionNames);
  return !isComplete && repeatedPeriod(ids, options) !== null;
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
    maxNewTokens?: number;
    eosTokenId?: number | null;
    engine?: RolloutEngine;
    signal?: AbortSignal;
  } = {},
): Promise<number> {
  knownOptions("repetitionRatio", options, {
    times: true,
    longestPeriod: true,
    maxNewTokens: true,
    eosTokenId: true,
    engine: true,
    signal: true,
  });
  if (prompts.length === 0)
    throw new AlignError("ERR_MISSING", "align/repetitionRatio: there are no prompts");
  const answers = await sampleAnswers(model, prompts, {
    ...pickOptions(options, sampleOptionNames),
    groupSize: 1,
    temperature: COLD,
  });
  const limits = pickOptions(options, repetitionOptionNames);
  return answers.filter((answer) => isEndless(answer, limits)).length / answers.length;
}
