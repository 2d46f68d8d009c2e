import { minimum, type Tensor, where } from "@deepgrain/tensor-gpu";
import { AlignError, having, oneOf, optionsOf, real, refuseUnknown, shape } from "../errors";
import { maskedMean, maskTensor } from "./masked";

/**
 * `grpo`: mean per answer, then over answers; `bnpo` and `dapo`: over all tokens of the batch; `dr-grpo`: the sum divided by
 * answers × `maxCompletionLength`; `cispo`: over all tokens of the batch, of the clipped ratio, as a weight without gradient, times
 * A·log π, so that a token whose ratio is clipped keeps its gradient.
 */
export type GrpoLossType = "grpo" | "bnpo" | "dapo" | "dr-grpo" | "cispo";

/**
 * `token`: each token has its ratio ρ = π/π_old; `sequence` (GSPO): all tokens of an answer have the geometric mean of their
 * ratios, exp(mean of log ρ).
 */
export type RatioLevel = "token" | "sequence";

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
  /** Default `"token"`. */
  ratioLevel?: RatioLevel | undefined;
  /**
   * Largest ratio where the advantage is negative, above 1 + epsilonHigh: there the clip alone has no upper bound. Not for
   * `cispo`. Default: none.
   */
  delta?: number | undefined;
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

const lossTypes: readonly GrpoLossType[] = ["grpo", "bnpo", "dapo", "dr-grpo", "cispo"];

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

/** Rejects options out of range. @throws {AlignError} as {@link grpoLoss} */
export function checkGrpoOptions(options: GrpoOptions): void {
  const { lossType = "grpo", beta = 0.04, epsilonLow = 0.2, epsilonHigh = epsilonLow } = options;
  const { ratioLevel = "token", delta } = options;
  real("grpoLoss", "beta", beta, { min: 0 });
  real("grpoLoss", "epsilonLow", epsilonLow, { min: 0, max: 1 });
  real("grpoLoss", "epsilonHigh", epsilonHigh, { min: 0 });
  oneOf("grpoLoss", "lossType", lossType, lossTypes);
  oneOf("grpoLoss", "ratioLevel", ratioLevel, ["token", "sequence"]);
  if (delta !== undefined) real("grpoLoss", "delta", delta, { above: 1 + epsilonHigh });
  if (delta !== undefined && lossType === "cispo")
    throw new AlignError(
      "ERR_ARGUMENT",
      `align/grpoLoss: delta must be left out for cispo, whose ratio is clipped on both sides, got ${delta}`,
      { fields: { delta, lossType } },
    );
  if (lossType === "dr-grpo")
    real("grpoLoss", "maxCompletionLength", options.maxCompletionLength ?? 0, { min: 1 });
}

function checkInputs({ logps, oldLogps, refLogps, advantages }: GrpoInputs, options: GrpoOptions) {
  const { beta = 0.04, ratioLevel } = options;
  checkGrpoOptions(options);
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
  if (ratioLevel === "sequence" && advantages.rank !== 1)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/grpoLoss: ratioLevel sequence needs one advantage per answer, got one per token",
    );
}

/** ρ per token, [n, T], or per answer, [n, 1]; 1 in padding, whose values must not overflow. */
function ratiosOf(
  { logps, oldLogps = logps }: GrpoInputs,
  mask: Tensor,
  level: RatioLevel,
): Tensor {
  const logRatio = where(mask.gt(0), logps.sub(oldLogps.detach()), 0);
  if (level === "token") return logRatio.exp();
  const tokens = mask.sum({ dim: -1, keepDim: true }).clamp({ min: 1 });
  return logRatio.sum({ dim: -1, keepDim: true }).div(tokens).exp();
}

/** Minus the policy's term per token, and which ratios are clipped. */
function policyTerms(
  { logps }: GrpoInputs,
  { ratio, advantages, isMarked }: { ratio: Tensor; advantages: Tensor; isMarked: Tensor },
  { lossType, epsilonLow = 0.2, epsilonHigh = epsilonLow, delta }: GrpoOptions,
): { terms: Tensor; isClipped: Tensor } {
  const clipped = ratio.clamp({ min: 1 - epsilonLow, max: 1 + epsilonHigh });
  const [isLow, isHigh] = [ratio.lt(1 - epsilonLow), ratio.gt(1 + epsilonHigh)];
  if (lossType === "cispo") {
    const logged = where(isMarked, logps, 0);
    const terms = clipped.detach().mul(advantages).mul(logged).neg();
    return { terms, isClipped: isLow.logicalOr(isHigh) };
  }
  const bounded = delta === undefined ? ratio : ratio.clamp({ max: delta });
  const terms = minimum(bounded.mul(advantages), clipped.mul(advantages)).neg();
  const isClipped = isLow
    .logicalAnd(advantages.lt(0))
    .logicalOr(isHigh.logicalAnd(advantages.gt(0)));
  if (delta === undefined) return { terms, isClipped };
  return { terms, isClipped: isClipped.logicalOr(ratio.gt(delta)) };
}

/**
 * The loss of group relative policy optimisation: minus the mean of min(ρA, clip(ρ, 1 − ε, 1 + ε)·A) − β·KL over answer tokens,
 * with ρ = π/π_old and the estimate {@link klEstimate}. With `ratioLevel` `"sequence"` ρ is an answer's (GSPO); with `delta` the first ρ is
 * at most δ; `cispo` has sg(clip(ρ, 1 − ε, 1 + ε))·A·log π in place of the minimum (the paper's runs have no lower bound:
 * `epsilonLow` 1).
 *
 * @throws {AlignError} `ERR_SHAPE` when sizes differ; `ERR_RANGE` for options out of range or a mask that marks nothing;
 *   `ERR_ARGUMENT` for an unknown `lossType` or `ratioLevel`, `beta` above 0 without `refLogps`, `delta` for `cispo`, or a ratio per
 *   answer with advantages per token
 * @see Shao et al. 2024 (DeepSeekMath), equation 3; Yu et al. 2025 (DAPO); Liu et al. 2025 (Dr. GRPO); Zheng et al. 2025 (GSPO),
 *   equations 5 and 7; MiniMax 2025 (MiniMax-M1), equations 4 and 5 (CISPO); Prime Intellect 2025 (INTELLECT-2), section 4.1, for δ
 */
export function grpoLoss(inputs: GrpoInputs, options: GrpoOptions = {}): GrpoLoss {
  const {
    lossType = "grpo",
    beta = 0.04,
    epsilonLow,
    epsilonHigh,
    ratioLevel = "token",
    delta,
    maxCompletionLength,
    ...rest
  } = optionsOf("grpoLoss", options);
  refuseUnknown("grpoLoss", rest);
  having("grpoLoss", "inputs", inputs, "logps", "advantages", "mask");
  checkInputs(inputs, options);
  const { logps, refLogps } = inputs;
  const mask = maskTensor("grpoLoss", inputs.mask, logps);
  const advantages =
    inputs.advantages.rank === 1 ? inputs.advantages.unsqueeze(1) : inputs.advantages;
  if (advantages.shape[0] !== logps.shape[0] || ![1, logps.shape[1]].includes(advantages.shape[1]))
    shape("grpoLoss", "advantages", inputs.advantages.shape, logps.shape);
  const isMarked = mask.gt(0);
  const ratio = ratiosOf(inputs, mask, ratioLevel);
  const policy = policyTerms(inputs, { ratio, advantages, isMarked }, options);
  let { terms } = policy;
  const estimate = refLogps && where(isMarked, klEstimate(logps, refLogps), 0);
  if (estimate && beta > 0) terms = terms.add(estimate.mul(beta));
  return {
    loss: aggregate(terms, mask, lossType, options),
    kl: estimate ? maskedMean(estimate.detach(), mask) : undefined,
    clipFraction: maskedMean(where(policy.isClipped, 1, mask.mul(0)), mask),
  };
}
