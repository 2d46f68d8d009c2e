import type { Tensor } from "@deepgrain/tensor-gpu";
import { having, optionsOf, real, refuseUnknown, shape } from "../errors";
import { type PairLengths, type PairLogps, perToken } from "./per-token";

/** Options of {@link simpoLoss}. */
export interface SimpoOptions {
  /** β: scale of the rewards, above 0. Default 2. */
  beta?: number | undefined;
  /** γ: by how much the chosen answer's reward should lead, at least 0; the paper's γ/β is 0.1 to 0.8. Default 1. */
  gamma?: number | undefined;
}

/** The result of {@link simpoLoss}. */
export interface SimpoLoss {
  /** The mean, a scalar with gradient. */
  loss: Tensor;
  /** Shape [n], with gradient. */
  losses: Tensor;
  /** β·log π per token of each chosen answer, [n], without gradient. */
  chosenRewards: Tensor;
  /** The same of each rejected answer. */
  rejectedRewards: Tensor;
}

/** Rejects options out of range. @throws {AlignError} as {@link simpoLoss} */
export function checkSimpoOptions({ beta = 2, gamma = 1 }: SimpoOptions): void {
  real("simpoLoss", "beta", beta, { above: 0 });
  real("simpoLoss", "gamma", gamma, { min: 0 });
}

/**
 * The loss of simple preference optimisation, which needs no reference: −log σ(β·(log π(w|x)/|w| − log π(l|x)/|l|) − γ). With γ = 0 it
 * is `dpoLoss` with `sigmoid-norm` and `referenceFree`.
 *
 * @param policy summed log-probabilities under the policy, with gradient
 * @param lengths tokens of each answer, at least 1
 * @throws {AlignError} `ERR_RANGE` for β, γ or lengths out of range; `ERR_SHAPE` when sizes differ
 * @see Meng et al. 2024, equation 6
 */
export function simpoLoss(
  policy: PairLogps,
  lengths: PairLengths,
  options: SimpoOptions = {},
): SimpoLoss {
  const { beta = 2, gamma = 1, ...rest } = optionsOf("simpoLoss", options);
  refuseUnknown("simpoLoss", rest);
  having("simpoLoss", "policy", policy, "chosen", "rejected");
  checkSimpoOptions(options);
  shape("simpoLoss", "rejected", policy.rejected.shape, policy.chosen.shape);
  const { chosen, rejected } = perToken("simpoLoss", policy, lengths);
  const losses = chosen.sub(rejected).mul(beta).sub(gamma).logSigmoid().neg();
  const reward = (mean: Tensor) => mean.detach().mul(beta);
  return {
    loss: losses.mean(),
    losses,
    chosenRewards: reward(chosen),
    rejectedRewards: reward(rejected),
  };
}
