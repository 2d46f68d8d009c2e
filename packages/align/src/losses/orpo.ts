import type { Tensor } from "@deepgrain/tensor-gpu";
import { having, optionsOf, real, refuseUnknown, shape } from "../errors";
import { type PairLengths, type PairLogps, perToken } from "./per-token";

/** Options of {@link orpoLoss}. */
export interface OrpoOptions {
  /** λ: weight of the odds ratio's term, at least 0; with 0 the loss is that of fine-tuning on the chosen answers. Default 0.1. */
  lambda?: number | undefined;
}

/** The result of {@link orpoLoss}. */
export interface OrpoLoss {
  /** The mean, a scalar with gradient. */
  loss: Tensor;
  /** −log π per token of each chosen answer, [n], with gradient. */
  sftLosses: Tensor;
  /** The logarithm of the odds ratio of chosen and rejected, [n], with gradient. */
  logOddsRatios: Tensor;
}

/** Mean log-probabilities above this count as it: the odds of an answer that is certain are infinite. */
const MAX_LOGP = -1e-6;

/** log(p / (1 − p)) of log p. */
function logOdds(logp: Tensor): Tensor {
  const below = logp.clamp({ max: MAX_LOGP });
  return below.sub(below.expm1().neg().log());
}

/** Rejects options out of range. @throws {AlignError} as {@link orpoLoss} */
export function checkOrpoOptions({ lambda = 0.1 }: OrpoOptions): void {
  real("orpoLoss", "lambda", lambda, { min: 0 });
}

/**
 * The loss of odds ratio preference optimisation, which needs no reference and no fine-tuning before it:
 * −log P(w|x) − λ·log σ(log odds(w|x) − log odds(l|x)), with log P the mean log-probability per token and odds = P/(1 − P).
 *
 * @param policy summed log-probabilities under the policy, with gradient
 * @param lengths tokens of each answer, at least 1
 * @throws {AlignError} `ERR_RANGE` for λ or lengths out of range; `ERR_SHAPE` when sizes differ
 * @see Hong et al. 2024, section 4
 */
export function orpoLoss(
  policy: PairLogps,
  lengths: PairLengths,
  options: OrpoOptions = {},
): OrpoLoss {
  const { lambda = 0.1, ...rest } = optionsOf("orpoLoss", options);
  refuseUnknown("orpoLoss", rest);
  having("orpoLoss", "policy", policy, "chosen", "rejected");
  checkOrpoOptions(options);
  shape("orpoLoss", "rejected", policy.rejected.shape, policy.chosen.shape);
  const { chosen, rejected } = perToken("orpoLoss", policy, lengths);
  const sftLosses = chosen.neg();
  const logOddsRatios = logOdds(chosen).sub(logOdds(rejected));
  const sft = sftLosses.mean();
  const odds = logOddsRatios.logSigmoid().mean().mul(lambda);
  return { loss: lambda === 0 ? sft : sft.sub(odds), sftLosses, logOddsRatios };
}
