/** @file A tiny policy with values, and PPO on it. */
import { Generator } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { type Answer, type PpoConfig, ppo, ValueModel } from "../../src";
import { tinyModel } from "./tiny-model";

export const prompts = [[1, 2], [3], [4, 5, 6]];
export const policy = () => new ValueModel(tinyModel(3, 12), { generator: new Generator(9) });
export const lowTokens = (answers: readonly Answer[]) =>
  answers.map(({ ids }) => ids.filter((id) => id < 6).length / ids.length);
export const short = {
  steps: 4,
  lr: 1e-2,
  batchSize: 4,
  groupSize: 2,
  epochs: 2,
  maxNewTokens: 4,
  klCoefficient: 0,
  reward: lowTokens,
} satisfies PpoConfig;

export type StepEnd = Extract<FitEvent, { type: "step-end" }>;

export async function collect(
  config: PpoConfig,
  model = policy(),
  onEvent?: (event: FitEvent) => void,
) {
  const steps: StepEnd[] = [];
  for await (const event of ppo(model, prompts, config)) {
    if (event.type === "step-end") steps.push(event);
    onEvent?.(event);
  }
  return steps;
}

export const mean = (steps: readonly StepEnd[], key: string) =>
  steps.reduce((sum, { scalars }) => sum + scalars[key]!, 0) / steps.length;
