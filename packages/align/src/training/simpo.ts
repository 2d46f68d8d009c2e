import type { CausalLM } from "@deepgrain/lm";
import type { FitEvent } from "@deepgrain/trainer";
import type { EncodedPair } from "../data/encode";
import { optionsOf, refuseUnknown } from "../errors";
import { checkSimpoOptions, type SimpoOptions, simpoLoss } from "../losses/simpo";
import { ownOptions } from "./config";
import { type PairConfig, rewardScalars, trainOnPairs } from "./reference-free";

/** Options of {@link simpo}. */
export interface SimpoConfig extends PairConfig, SimpoOptions {}

/**
 * Trains a policy on preference pairs by simple preference optimisation: rewards are log-probabilities per token, so no reference
 * is needed, and the chosen answer's must lead by γ. Use it after fine-tuning, where memory is short or answers grow with DPO.
 * Scalars of `step-end` and `eval-end`: `accuracy`, `margin`, `chosenReward`, `rejectedReward`.
 *
 * @param pairs from {@link encodePreference}
 * @throws {AlignError} `ERR_RANGE` for options out of range; `ERR_MISSING` without pairs; `TrainerError` as `fit`; the signal's reason
 * @see Meng et al. 2024, section 2
 */
export async function* simpo(
  model: CausalLM,
  pairs: readonly EncodedPair[],
  config: SimpoConfig,
): AsyncGenerator<FitEvent, void> {
  const { beta, gamma, evaluation, gradientAccumulation, ...rest } = ownOptions(
    optionsOf("simpo", config),
  );
  refuseUnknown("simpo", rest);
  checkSimpoOptions({ beta, gamma });
  yield* trainOnPairs(model, pairs, config, (policy, lengths) => {
    const { loss, chosenRewards, rejectedRewards } = simpoLoss(policy, lengths, { beta, gamma });
    return { loss, scalars: rewardScalars(chosenRewards, rejectedRewards) };
  });
}
