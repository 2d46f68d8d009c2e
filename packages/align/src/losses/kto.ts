import { type Tensor, tensor, where } from "@deepgrain/tensor-gpu";
import { having, optionsOf, real, refuseUnknown, shape } from "../errors";

/** Log-probabilities of n answers, summed per answer, and of n prompts each with another row's answer; all of shape [n]. */
export interface KtoInputs {
  /** Under the policy, with gradient. */
  policy: Tensor;
  /** Under the reference. */
  reference: Tensor;
  /** log π − log π_ref of the mismatched answers, from which the reference point is estimated; it has no gradient. */
  mismatched: Tensor;
  /** True for a desirable answer. */
  desirable: ArrayLike<boolean>;
}

/** Options of {@link ktoLoss}. */
export interface KtoOptions {
  /** β: how strongly the policy is held to the reference, above 0. Default 0.1. */
  beta?: number | undefined;
  /** λ_D: weight of desirable answers, above 0. Default 1. */
  desirableWeight?: number | undefined;
  /** λ_U: weight of undesirable answers, above 0. Default 1. */
  undesirableWeight?: number | undefined;
}

/** The result of {@link ktoLoss}. */
export interface KtoLoss {
  /** The mean, a scalar with gradient. */
  loss: Tensor;
  /** Shape [n], with gradient. */
  losses: Tensor;
  /** β·(log π − log π_ref), [n], without gradient. */
  rewards: Tensor;
  /** The reference point z₀: the mean of `mismatched`, at least 0; a scalar without gradient. */
  kl: Tensor;
}

/** Rejects options out of range. @throws {AlignError} as {@link ktoLoss} */
export function checkKtoOptions({
  beta = 0.1,
  desirableWeight = 1,
  undesirableWeight = 1,
}: KtoOptions): void {
  real("ktoLoss", "beta", beta, { above: 0 });
  real("ktoLoss", "desirableWeight", desirableWeight, { above: 0 });
  real("ktoLoss", "undesirableWeight", undesirableWeight, { above: 0 });
}

/**
 * The loss of Kahneman-Tversky optimisation, for answers that are labelled one by one: λ_D·(1 − σ(β(r − z₀))) for a desirable answer
 * and λ_U·(1 − σ(β(z₀ − r))) for an undesirable one, with r = log π/π_ref and the estimate z₀ of KL(π‖π_ref) from mismatched
 * prompts and answers.
 *
 * @throws {AlignError} `ERR_RANGE` for options out of range; `ERR_SHAPE` when sizes differ
 * @see Ethayarajh et al. 2024, equation 8 and section 4.1
 */
export function ktoLoss(inputs: KtoInputs, options: KtoOptions = {}): KtoLoss {
  const {
    beta = 0.1,
    desirableWeight = 1,
    undesirableWeight = 1,
    ...rest
  } = optionsOf("ktoLoss", options);
  refuseUnknown("ktoLoss", rest);
  checkKtoOptions(options);
  having("ktoLoss", "inputs", inputs, "policy", "reference", "mismatched", "desirable");
  const { policy, reference, mismatched, desirable } = inputs;
  shape("ktoLoss", "reference", reference.shape, policy.shape);
  shape("ktoLoss", "mismatched", mismatched.shape, policy.shape);
  shape("ktoLoss", "desirable", [desirable.length], policy.shape);
  const kl = mismatched.detach().mean().relu();
  const ratios = policy.sub(reference.detach());
  const signs = tensor(Float32Array.from(desirable, (is) => (is ? 1 : -1)));
  const weights = where(signs.gt(0), desirableWeight, signs.mul(0).add(undesirableWeight));
  // 1 − σ(x) is σ(−x), which keeps its digits for large x.
  const losses = ratios.sub(kl).mul(signs).mul(-beta).sigmoid().mul(weights);
  return { loss: losses.mean(), losses, rewards: ratios.detach().mul(beta), kl };
}
