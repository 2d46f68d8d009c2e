import type { Tensor } from "@deepgrain/tensor-gpu";
import { tensor } from "@deepgrain/tensor-gpu";
import { finite, having, optionsOf, real, refuseUnknown, shape } from "../errors";

/** Options of {@link rewardLoss}. */
export interface RewardLossOptions {
  /** Margin by which each chosen answer should lead, [n], finite. Default: 0. */
  margins?: ArrayLike<number> | undefined;
  /** Weight of the term that keeps scores around 0, at least 0. Default 0. */
  center?: number | undefined;
}

/**
 * The pairwise loss of a reward model, following Bradley and Terry: mean of −log σ(r(w) − r(l) − margin), plus `center`
 * times the mean of (r(w) + r(l))².
 *
 * @param chosen scores of the chosen answers, [n]
 * @param rejected scores of the rejected answers, [n]
 * @returns a scalar with gradient
 * @throws {AlignError} `ERR_SHAPE` when sizes differ; `ERR_RANGE` for a negative `center`; `ERR_NOT_FINITE` for a margin
 * @see Touvron et al. 2023 (Llama 2), equation 2; Eisenstein et al. 2023, section 2, for centring
 */
export function rewardLoss(
  chosen: Tensor,
  rejected: Tensor,
  options: RewardLossOptions = {},
): Tensor {
  const { margins, center = 0, ...rest } = optionsOf("rewardLoss", options);
  refuseUnknown("rewardLoss", rest);
  real("rewardLoss", "center", center, { min: 0 });
  having("rewardLoss", "chosen", chosen, "shape");
  shape("rewardLoss", "rejected", rejected.shape, chosen.shape);
  let lead = chosen.sub(rejected);
  if (margins) {
    shape("rewardLoss", "margins", [margins.length], [chosen.size]);
    finite("rewardLoss", "margins", margins);
    lead = lead.sub(tensor(Float32Array.from(margins)));
  }
  const loss = lead.logSigmoid().neg().mean();
  return center === 0 ? loss : loss.add(chosen.add(rejected).square().mean().mul(center));
}

/**
 * The point-wise loss of a reward model: binary cross-entropy between σ(r) and whether the answer is right, the mean of
 * log(1 + eʳ) − y·r.
 *
 * @param scores [n]
 * @param labels 1 for right, 0 for wrong, or a probability between them; [n]
 * @returns a scalar with gradient
 * @throws {AlignError} `ERR_SHAPE` when sizes differ; `ERR_RANGE` for a label outside [0, 1]
 * @see DeepSeek-V2 2024, section 4.2 (point-wise loss); Zhu et al. 2024 (DeepSeek-Coder-V2), section 4.2
 */
export function pointwiseRewardLoss(scores: Tensor, labels: ArrayLike<number>): Tensor {
  having("pointwiseRewardLoss", "scores", scores, "shape");
  shape("pointwiseRewardLoss", "labels", [labels.length], [scores.size]);
  for (let i = 0; i < labels.length; i++)
    real("pointwiseRewardLoss", `labels[${i}]`, labels[i]!, { min: 0, max: 1 });
  const wanted = tensor(Float32Array.from(labels), { shape: scores.shape });
  return scores.neg().logSigmoid().neg().sub(wanted.mul(scores)).mean();
}
