import {
  type Answer,
  guardStepRewards,
  type RewardFunction,
  type StepCredit,
} from "@deepgrain/align";
import { type StepScorer, scoreSteps } from "@deepgrain/prm";
import { answerSteps } from "@deepgrain/prm/lm";

/** How scores become rewards. */
export interface StepRewardOptions {
  scorer: StepScorer;
  /** The text of each prompt, by its index. */
  problems: readonly string[];
  decode: (ids: readonly number[]) => string;
  /** `process`: each step earns its own score; `outcome`: the last score, at the last token alone. */
  target: "process" | "outcome";
  credit: StepCredit;
  maxSteps?: number | undefined;
  repeatPenalty?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Rewards of answers from a step scorer: for step-wise PPO those of their steps, guarded against paying for length, and for the
 * outcome baseline one per answer. An answer without any step earns nothing.
 *
 * @see Wang et al. 2024 (Math-Shepherd), section 3.4
 */
export function scorerReward({
  scorer,
  problems,
  decode,
  target,
  credit,
  maxSteps,
  repeatPenalty,
  signal,
}: StepRewardOptions): RewardFunction {
  const scored = async ({ prompt, ids }: Answer) => {
    const found = answerSteps(ids, decode);
    if (found.steps.length === 0) return { ...found, scores: [] };
    const scores = await scoreSteps(scorer, problems[prompt]!, found.steps, { signal });
    return { ...found, scores };
  };
  return async (answers) => {
    const all = await Promise.all(answers.map(scored));
    if (target === "outcome") return all.map(({ scores }) => scores.at(-1) ?? 0);
    return all.map(({ steps, ends, scores }, i) => {
      if (scores.length === 0) return { ends: [answers[i]!.ids.length - 1], rewards: [0] };
      const rewards = guardStepRewards(scores, {
        credit,
        steps,
        maxSteps,
        repeatPenalty,
      });
      return { ends, rewards };
    });
  };
}
