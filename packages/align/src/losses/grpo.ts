import { minimum, type Tensor, where } from "@deepgrain/tensor-gpu";
import { AlignError, having, optionsOf, real, refuseUnknown, shape } from "../errors";
import { maskedMean, maskTensor } from "./masked";

/**
 * `grpo`: mean per answer, then over answers; `bnpo` and `dapo`: over all tokens of the batch; `dr-grpo`: the sum divided by
 * answers × `maxCompletionLength`.
 */
export type GrpoLossType = "grpo" | "bnpo" | "dapo" | "dr-grpo";

/** Log-probabilities of n answers of up to T tokens, all of shape [n, T]. */
export interface GrpoInputs {
  /** Under the policy, with gradient. */
  logps: Tensor;
  /** Under the sampling policy. Default: the policy itself, as in a first update with ratio 1. */
  oldLogps?: Tensor | undefined;
  /** Under the reference; needed when `beta` is above 0. */
  refLogps?: Tensor | undefined;
  /** Shape [n], or [n, T] for process supervision. */
  advantages: Tensor;
  /** 1 for answer tokens, [n × T]. */
  mask: ArrayLike<number>;
}

/** Options of {@link grpoLoss}. */
export interface GrpoOptions {
  /** Default `"grpo"`. */
  lossType?: GrpoLossType | undefined;
  /** Weight of the KL term, at least 0. Default 0.04. */
  beta?: number | undefined;
  /** The ratio is clipped to 1 − epsilonLow … 1 + epsilonHigh. Default 0.2. */
  epsilonLow?: number | undefined;
  /** Default: `epsilonLow`. */
  epsilonHigh?: number | undefined;
  /** For `dr-grpo`. */
  maxCompletionLength?: number | undefined;
}

/** The result of {@link grpoLoss}; `kl` and `clipFraction` are means over answer tokens without gradient. */
export interface GrpoLoss {
  loss: Tensor;
  /** Absent without `refLogps`. */
  kl?: Tensor | undefined;
  /** Share of tokens whose policy term was clipped. */
  clipFraction: Tensor;
}

/** Beyond this log-ratio the KL estimate is clamped, so that its exponential stays finite. */
const MAX_LOG_RATIO = 20;

/**
 * The k3 estimate of KL(π‖π_ref) per token: exp(d) − d − 1 with d = log π_ref − log π, never negative.
 * @see Shao et al. 2024 (DeepSeekMath), equation 4
 */
export function klEstimate(logps: Tensor, refLogps: Tensor): Tensor {
  having("klEstimate", "logps", logps, "shape");
  const d = refLogps.detach().sub(logps).clamp({ min: -MAX_LOG_RATIO, max: MAX_LOG_RATIO });
  return d.exp().sub(d).sub(1);
}

function aggregate(
  terms: Tensor,
  mask: Tensor,
  lossType: GrpoLossType,
  options: GrpoOptions,
): Tensor {
  if (lossType === "grpo") {
    const rows = mask.sum({ dim: -1 }).clamp({ min: 1 });
    return terms.mul(mask).sum({ dim: -1 }).div(rows).mean();
  }
  if (lossType === "dr-grpo")
    return terms
      .mul(mask)
      .sum()
      .div(terms.shape[0]! * options.maxCompletionLength!);
  return maskedMean(terms, mask);
}

function checkInputs({ logps, oldLogps, refLogps }: GrpoInputs, options: GrpoOptions): void {
  const { lossType = "grpo", beta = 0.04, epsilonLow = 0.2, epsilonHigh = epsilonLow } = options;
  real("grpoLoss", "beta", beta, { min: 0 });
  real("grpoLoss", "epsilonLow", epsilonLow, { min: 0, max: 1 });
  real("grpoLoss", "epsilonHigh", epsilonHigh, { min: 0 });
  if (!["grpo", "bnpo", "dapo", "dr-grpo"].includes(lossType))
    throw new AlignError(
      "ERR_ARGUMENT",
      `align/grpoLoss: lossType must be grpo, bnpo, dapo or dr-grpo, got ${lossType}`,
      { fields: { lossType } },
    );
  if (lossType === "dr-grpo")
    real("grpoLoss", "maxCompletionLength", options.maxCompletionLength ?? 0, { min: 1 });
  if (logps.rank !== 2)
    throw new AlignError(
      "ERR_SHAPE",
      `align/grpoLoss: logps must have shape [answers, tokens], got [${logps.shape.join(", ")}]`,
      { fields: { shape: logps.shape } },
    );
  if (oldLogps) shape("grpoLoss", "oldLogps", oldLogps.shape, logps.shape);
  if (refLogps) shape("grpoLoss", "refLogps", refLogps.shape, logps.shape);
  if (!refLogps && beta > 0)
    throw new AlignError(
      "ERR_ARGUMENT",
      `align/grpoLoss: refLogps must be given where beta is above 0, got beta ${beta} alone`,
      { fields: { beta } },
    );
}

/**
 * The loss of group relative policy optimisation: minus the mean of min(ρA, clip(ρ, 1 − ε, 1 + ε)·A) − β·KL over answer tokens,
 * with ρ = π/π_old and the estimate {@link klEstimate}.
 *
 * @throws {AlignError} `ERR_SHAPE` when sizes differ; `ERR_RANGE` for options out of range or a mask that marks nothing;
 *   `ERR_ARGUMENT` for an unknown `lossType`, or `beta` above 0 without `refLogps`
 * @see Shao et al. 2024 (DeepSeekMath), equation 3; Yu et al. 2025 (DAPO); Liu et al. 2025 (Dr. GRPO)
 */
export function grpoLoss(inputs: GrpoInputs, options: GrpoOptions = {}): GrpoLoss {
  having("grpoLoss", "inputs", inputs, "logps", "advantages", "mask");
  const {
    lossType = "grpo",
    beta = 0.04,
    epsilonLow = 0.2,
    epsilonHigh = epsilonLow,
    maxCompletionLength,
    ...rest
  } = optionsOf("grpoLoss", options);
  refuseUnknown("grpoLoss", rest);
  checkInputs(inputs, options);
  const { logps, oldLogps = logps, refLogps } = inputs;
  const mask = maskTensor("grpoLoss", inputs.mask, logps);
  const advantages =
    inputs.advantages.rank === 1 ? inputs.advantages.unsqueeze(1) : inputs.advantages;
  if (advantages.shape[0] !== logps.shape[0] || ![1, logps.shape[1]].includes(advantages.shape[1]))
    shape("grpoLoss", "advantages", inputs.advantages.shape, logps.shape);
  const isMarked = mask.gt(0);
  const logRatio = where(isMarked, logps.sub(oldLogps.detach()), 0); // Values in padding must not overflow.
  const ratio = logRatio.exp();
  const clipped = ratio.clamp({ min: 1 - epsilonLow, max: 1 + epsilonHigh });
  let terms = minimum(ratio.mul(advantages), clipped.mul(advantages)).neg();
  const estimate = refLogps && where(isMarked, klEstimate(logps, refLogps), 0);
  if (estimate && beta > 0) terms = terms.add(estimate.mul(beta));
  const isLow = ratio.lt(1 - epsilonLow).logicalAnd(advantages.lt(0));
  const isHigh = ratio.gt(1 + epsilonHigh).logicalAnd(advantages.gt(0));
  return {
    loss: aggregate(terms, mask, lossType, options),
    kl: estimate ? maskedMean(estimate.detach(), mask) : undefined,
    clipFraction: maskedMean(where(isLow.logicalOr(isHigh), 1, mask.mul(0)), mask),
  };
}
