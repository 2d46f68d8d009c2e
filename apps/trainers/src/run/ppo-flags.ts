import type { PpoConfig } from "@deepgrain/align";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";

/** How answers are sampled. */
export const samplingFlags = {
  groupSize: flags.whole({ min: 1, help: "Answers to each prompt; 8 for grpo, 1 for ppo" }),
  maxNewTokens: flags.whole({ min: 1, default: 64, help: "Longest answer in tokens" }),
  temperature: flags.real({ min: 0.01, default: 1, help: "Sampling temperature" }),
};

/** How PPO updates. */
export const ppoFlags = {
  epochs: flags.whole({ min: 1, default: 4, help: "Passes over the answers of a round" }),
  minibatches: flags.whole({ min: 1, default: 1, help: "Steps per pass" }),
  clip: flags.real({ max: 1, default: 0.2, help: "The ratio is clipped to 1 ± clip" }),
  kl: flags.real({ default: 0.05, help: "Weight of the KL penalty, to begin with" }),
  klTarget: flags.real({
    min: 1e-6,
    help: "KL per answer that the weight is adapted to; it stays without it",
  }),
  klHorizon: flags.whole({ min: 1, default: 10_000, help: "Answers over which it adapts" }),
  gamma: flags.real({ max: 1, default: 1, help: "Discount" }),
  lambda: flags.real({ max: 1, default: 0.95, help: "Of the advantage estimates" }),
  entropy: flags.real({ default: 0, help: "Weight of the entropy that is rewarded" }),
};

type Given = Values<typeof ppoFlags & typeof samplingFlags>;

/** Options of `ppo` from the flags. */
export const ppoOptions = ({ kl, klTarget, klHorizon, entropy, ...given }: Given) =>
  ({
    epochs: given.epochs,
    minibatches: given.minibatches,
    clip: given.clip,
    gamma: given.gamma,
    lambda: given.lambda,
    klCoefficient: kl,
    ...(klTarget !== undefined && { adaptiveKl: { target: klTarget, horizon: klHorizon } }),
    entropyCoefficient: entropy,
    groupSize: given.groupSize ?? 1,
    maxNewTokens: given.maxNewTokens,
    temperature: given.temperature,
  }) satisfies Partial<PpoConfig>;

/** The flags that determine the result, for run.json. */
export const ppoSettings = (given: Given) => ({
  epochs: given.epochs,
  minibatches: given.minibatches,
  clip: given.clip,
  kl: given.kl,
  klTarget: given.klTarget ?? null,
  klHorizon: given.klHorizon,
  gamma: given.gamma,
  lambda: given.lambda,
  entropy: given.entropy,
  groupSize: given.groupSize ?? 1,
  maxNewTokens: given.maxNewTokens,
  temperature: given.temperature,
});
