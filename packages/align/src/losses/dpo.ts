import type { Tensor } from "@deepgrain/tensor-gpu";
import { AlignError, having, oneOf, optionsOf, real, refuseUnknown, shape } from "../errors";
import { type PairLengths, type PairLogps, perToken } from "./per-token";

/**
 * `sigmoid`: the paper's; `ipo`: squared distance to 1/(2β); `hinge`: max(0, 1 − βz); `robust`: unbiased under labels that
 * are flipped with probability `labelSmoothing`; `sigmoid-norm`: sigmoid over log-probabilities per token.
 */
export type DpoLossType = "sigmoid" | "ipo" | "hinge" | "robust" | "sigmoid-norm";

/** Options of {@link dpoLoss}. */
export interface DpoOptions {
  /** Default `"sigmoid"`. */
  lossType?: DpoLossType | undefined;
  /** Strength of the penalty for deviating from the reference, above 0. Default 0.1. */
  beta?: number | undefined;
  /** Probability that a label is wrong, from 0 to below 0.5; for `sigmoid`, `sigmoid-norm` and `robust`. Default 0. */
  labelSmoothing?: number | undefined;
  /**
   * Weight of −log π per token of chosen answers (fine-tuning on them), added to each loss; at least 0. It keeps chosen answers
   * likely, whose probability DPO may lower together with that of rejected ones; Llama 3 has 0.2. Default 0.
   */
  sftWeight?: number | undefined;
  /**
   * Excludes the reference from the loss, where its log-probabilities count as 0. Rewards use it if it is given.
   * Default false.
   */
  referenceFree?: boolean | undefined;
  /** Answer tokens of each pair; needed by `sigmoid-norm` and `sftWeight`; if given, `ipo` also compares means per token. */
  lengths?: PairLengths | undefined;
}

/** The result of {@link dpoLoss}. */
export interface DpoLoss {
  /** The mean, a scalar with gradient. */
  loss: Tensor;
  /** Shape [n], with gradient. */
  losses: Tensor;
  /** −log π per token of each chosen answer, [n], with gradient; null without `sftWeight`. */
  sftLosses: Tensor | null;
  /** β·(log π − log π_ref) of each chosen answer, [n], without gradient. */
  chosenRewards: Tensor;
  /** The same of each rejected answer. */
  rejectedRewards: Tensor;
}

const lossTypes: readonly DpoLossType[] = ["sigmoid", "ipo", "hinge", "robust", "sigmoid-norm"];

/** Rejects options out of range. @throws {AlignError} as {@link dpoLoss} */
export function checkDpoOptions({
  lossType = "sigmoid",
  beta = 0.1,
  labelSmoothing = 0,
  sftWeight = 0,
}: DpoOptions): void {
  oneOf("dpoLoss", "lossType", lossType, lossTypes);
  real("dpoLoss", "beta", beta, { above: 0 });
  real("dpoLoss", "labelSmoothing", labelSmoothing, { min: 0, below: 0.5 });
  real("dpoLoss", "sftWeight", sftWeight, { min: 0 });
  if (labelSmoothing > 0 && (lossType === "ipo" || lossType === "hinge"))
    throw new AlignError(
      "ERR_ARGUMENT",
      `align/dpoLoss: labelSmoothing must be 0 for ipo and hinge, got ${labelSmoothing} for ${lossType}`,
      { fields: { labelSmoothing, lossType } },
    );
}

/** Losses per pair of z, the difference of the scores of chosen and rejected. */
function lossesOf(z: Tensor, lossType: DpoLossType, beta: number, smoothing: number): Tensor {
  if (lossType === "ipo") return z.sub(1 / (2 * beta)).square();
  const scaled = z.mul(beta);
  if (lossType === "hinge") return scaled.neg().add(1).relu();
  const kept = scaled.logSigmoid().mul(smoothing - 1);
  const flipped = scaled.neg().logSigmoid().mul(-smoothing);
  if (lossType === "robust") return kept.sub(flipped).div(1 - 2 * smoothing);
  return kept.add(flipped);
}

/** −log π per token of chosen answers. */
function sftLossesOf(policy: PairLogps, lengths: PairLengths | undefined): Tensor {
  if (!lengths) throw new AlignError("ERR_ARGUMENT", "align/dpoLoss: sftWeight needs lengths");
  return perToken("dpoLoss", policy, lengths).chosen.neg();
}

/**
 * The loss of direct preference optimisation: −log σ(β·z) with
 * z = (log π(w|x) − log π_ref(w|x)) − (log π(l|x) − log π_ref(l|x)), and its variants. Rewards use the sums for every
 * variant.
 *
 * @param policy log-probabilities under the policy, with gradient
 * @param reference the same under the reference; null only with `referenceFree`
 * @throws {AlignError} `ERR_RANGE` for β or lengths out of range; `ERR_ARGUMENT` for an unknown `lossType`, label
 *   smoothing that the variant does not support, a missing reference, or missing lengths; `ERR_SHAPE` when sizes differ
 * @see Rafailov et al. 2023, equation 7; Azar et al. 2024 (IPO), equation 17; Chowdhury et al. 2024 (robust DPO), equation 9;
 *   Zhao et al. 2023 (SLiC) for hinge; Pang et al. 2024, equation 1, and Dubey et al. 2024 (Llama 3), section 4.1.4, for `sftWeight`
 */
export function dpoLoss(
  policy: PairLogps,
  reference: PairLogps | null,
  options: DpoOptions = {},
): DpoLoss {
  const {
    lossType = "sigmoid",
    beta = 0.1,
    labelSmoothing = 0,
    sftWeight = 0,
    referenceFree = false,
    lengths,
    ...rest
  } = optionsOf("dpoLoss", options);
  refuseUnknown("dpoLoss", rest);
  having("dpoLoss", "policy", policy, "chosen", "rejected");
  checkDpoOptions(options);
  shape("dpoLoss", "rejected", policy.rejected.shape, policy.chosen.shape);
  if (!reference && !referenceFree)
    throw new AlignError(
      "ERR_ARGUMENT",
      "align/dpoLoss: reference must hold log-probabilities unless referenceFree is true, got null",
    );
  let { chosen, rejected } = policy;
  if (reference) {
    shape("dpoLoss", "reference.chosen", reference.chosen.shape, chosen.shape);
    shape("dpoLoss", "reference.rejected", reference.rejected.shape, chosen.shape);
    chosen = chosen.sub(reference.chosen.detach());
    rejected = rejected.sub(reference.rejected.detach());
  }
  const [chosenRewards, rejectedRewards] = [chosen.detach().mul(beta), rejected.detach().mul(beta)];
  if (referenceFree) ({ chosen, rejected } = policy);
  if (lossType === "sigmoid-norm" && !lengths)
    throw new AlignError("ERR_ARGUMENT", "align/dpoLoss: sigmoid-norm needs lengths");
  if (lengths && (lossType === "sigmoid-norm" || lossType === "ipo")) {
    ({ chosen, rejected } = perToken("dpoLoss", { chosen, rejected }, lengths));
  }
  const preferred = lossesOf(chosen.sub(rejected), lossType, beta, labelSmoothing);
  const sftLosses = sftWeight > 0 ? sftLossesOf(policy, lengths) : null;
  const losses = sftLosses ? preferred.add(sftLosses.mul(sftWeight)) : preferred;
  return { loss: losses.mean(), losses, sftLosses, chosenRewards, rejectedRewards };
}
