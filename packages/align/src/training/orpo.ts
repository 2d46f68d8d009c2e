import type { CausalLM } from "@deepgrain/lm";
import type { FitEvent } from "@deepgrain/trainer";
import type { EncodedPair } from "../data/encode";
import { optionsOf, refuseUnknown } from "../errors";
import { checkOrpoOptions, type OrpoOptions, orpoLoss } from "../losses/orpo";
import { ownOptions } from "./config";
import { type PairConfig, trainOnPairs } from "./reference-free";

/** Options of {@link orpo}. */
export interface OrpoConfig extends PairConfig, OrpoOptions {}

/**
 * Trains a policy on preference pairs by odds ratio preference optimisation: fine-tuning on the chosen answers and the preference
 * are one loss, without a reference. Use it to go from a base model to an aligned one in one run. Scalars of `step-end` and
 * `eval-end`: `sft` (−log π per token of chosen answers, in nats), `logOddsRatio`, and `accuracy` (share of pairs whose chosen
 * answer has the higher odds).
 *
 * @param pairs from {@link encodePreference}
 * @throws {AlignError} `ERR_RANGE` for options out of range; `ERR_MISSING` without pairs; `TrainerError` as `fit`; the signal's reason
 * @see Hong et al. 2024, section 4
 */
export async function* orpo(
  model: CausalLM,
  pairs: readonly EncodedPair[],
  config: OrpoConfig,
): AsyncGenerator<FitEvent, void> {
  const { lambda, evaluation, gradientAccumulation, ...rest } = ownOptions(
    optionsOf("orpo", config),
  );
  refuseUnknown("orpo", rest);
  checkOrpoOptions({ lambda });
  yield* trainOnPairs(model, pairs, config, (policy, lengths) => {
    const { loss, sftLosses, logOddsRatios } = orpoLoss(policy, lengths, { lambda });
    const ratios = logOddsRatios.detach();
    return {
      loss,
      scalars: {
        sft: sftLosses.detach().mean(),
        logOddsRatio: ratios.mean(),
        accuracy: ratios.gt(0).sum().div(ratios.size),
      },
    };
  });
}
