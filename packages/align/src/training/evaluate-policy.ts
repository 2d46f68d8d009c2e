import type { CausalLM } from "@deepgrain/lm";
import { optionsOf, refuseUnknown, whole } from "../errors";
import { askNamed, checkRewards, type NamedRewards } from "./named-rewards";
import { type RewardFunction, totalsOf } from "./rewards";
import { type SampleOptions, sampleAnswers, samplingOf } from "./rollouts";

/** Held-out prompts, and how a policy is measured on them during training. */
export interface PolicyEvaluation {
  /** Steps between evaluations; there is also one at the end. */
  everySteps: number;
  /** Token ids. */
  prompts: readonly (readonly number[])[];
  /** Measures the answers; their `prompt` is an index into these prompts. It need not be the reward that is trained on. */
  reward: RewardFunction | NamedRewards;
  /** Answers to each prompt. Default 1. */
  groupSize?: number | undefined;
  /** Above 0. Default: that of the training. */
  temperature?: number | undefined;
  /** Prompts per call of the engine. Default 64. */
  promptsPerCall?: number | undefined;
}

/** @throws {AlignError} `ERR_RANGE`, `ERR_MISSING` or `ERR_ARGUMENT` for settings */
export function checkEvaluation(evaluation: PolicyEvaluation): void {
  const {
    everySteps,
    prompts,
    reward,
    groupSize = 1,
    temperature: _,
    promptsPerCall = 64,
    ...rest
  } = optionsOf("grpo", evaluation);
  refuseUnknown("grpo", rest);
  whole("grpo", "evaluation.everySteps", everySteps, { min: 1 });
  whole("grpo", "evaluation.prompts.length", prompts.length, { min: 1 });
  whole("grpo", "evaluation.groupSize", groupSize, { min: 1 });
  whole("grpo", "evaluation.promptsPerCall", promptsPerCall, { min: 1 });
  checkRewards("grpo", reward);
}

/**
 * Samples answers to held-out prompts and measures them: means over answers. The same seed draws the same random numbers at
 * each evaluation, so that differences are due to the weights.
 *
 * @returns `loss`, minus the mean reward, and the scalars `reward`, `reward.<name>`, `length` in tokens and `truncated`, the
 *   share that reached the maximum length
 */
export async function evaluatePolicy(
  model: CausalLM,
  evaluation: PolicyEvaluation,
  config: SampleOptions & { seed: readonly number[] },
): Promise<{ loss: number; scalars: Record<string, number> }> {
  const { prompts, reward, groupSize = 1, promptsPerCall = 64, temperature } = evaluation;
  const sums: Record<string, number> = {};
  const total = prompts.length * groupSize;
  const add = (name: string, sum: number) => {
    sums[name] = (sums[name] ?? 0) + sum / total;
  };
  for (let start = 0; start < prompts.length; start += promptsPerCall) {
    config.signal?.throwIfAborted();
    const sampled = await sampleAnswers(model, prompts.slice(start, start + promptsPerCall), {
      ...samplingOf(config),
      temperature: temperature ?? config.temperature,
      groupSize,
      seed: [...config.seed, start],
    });
    const answers = sampled.map((answer) => ({ ...answer, prompt: start + answer.prompt }));
    const { rewards, means } = await askNamed("grpo", reward, answers);
    add(
      "reward",
      totalsOf(rewards).reduce((sum, x) => sum + x, 0),
    );
    for (const [name, mean] of Object.entries(means)) add(name, mean * answers.length);
    add(
      "length",
      answers.reduce((sum, { ids }) => sum + ids.length, 0),
    );
    add("truncated", answers.filter(({ isComplete }) => !isComplete).length);
  }
  return { loss: -sums.reward!, scalars: sums };
}
