/** @file A tiny policy, and GRPO on it. */
import type { CausalLM } from "@deepgrain/lm";
import type { FitEvent } from "@deepgrain/trainer";
import { type Answer, type GrpoConfig, grpo } from "../../src";
import { tinyModel } from "./tiny-model";

export const prompts = [[1, 2], [3], [4, 5, 6]];
export const policy = () => tinyModel(3, 12);
/** The share of low tokens: a reward that a program gives. */
export const lowTokens = (answers: readonly Answer[]) =>
  answers.map(({ ids }) => ids.filter((id) => id < 6).length / ids.length);
export const short = {
  steps: 4,
  lr: 1e-2,
  batchSize: 2,
  groupSize: 4,
  maxNewTokens: 4,
  reward: lowTokens,
};

export async function collect(
  model: CausalLM,
  config: GrpoConfig,
  onEvent?: (event: FitEvent) => void,
) {
  const steps: Extract<FitEvent, { type: "step-end" }>[] = [];
  for await (const event of grpo(model, prompts, config)) {
    if (event.type === "step-end") steps.push(event);
    onEvent?.(event);
  }
  return steps;
}
