import {
  crossEntropy,
  exp,
  log,
  logSoftmax,
  oneHot,
  softplus,
  type Tensor,
  tensor,
} from "@deepgrain/tensor-gpu";
import { oneOf, optionsOf, real, refuseUnknown } from "../../errors";
import { type LossName, lossNames } from "./loss-names";

export interface LossOptions {
  /** Training nodes of each class, shape [classes]. Classes without one are allowed. */
  counts: ArrayLike<number>;
  /** Focal: how strongly easy nodes are down-weighted, at least 0 (default 2). */
  gamma?: number | undefined;
  /** Class-balanced: overlap of samples, in [0, 1) (default 0.9999). */
  beta?: number | undefined;
  /** LDAM: the margin of the rarest class, at least 0 (default 0.5). */
  maxMargin?: number | undefined;
  /** LDAM: scale of the logits, above 0 (default 30). */
  scale?: number | undefined;
}

/** Loss of each node. @param logits shape [n, classes] @param targets int32, shape [n] @returns shape [n] */
export type NodeLoss = (logits: Tensor, targets: Tensor) => Tensor;

/** Upper bound of p in log(1 − p): float32 has no number between it and 1. */
const LARGEST_PROBABILITY = 1 - 2 ** -24;

const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** n̄/n_c, where n̄ is the mean over classes that have training nodes; 0 for classes without. */
function inverseFrequencies(counts: ArrayLike<number>): Float32Array {
  const all = Array.from(counts);
  const mean = meanOf(all.filter((count) => count > 0));
  return Float32Array.from(all, (count) => (count > 0 ? mean / count : 0));
}

/** ω_c ∝ (1 − β)/(1 − β^(n_c)), scaled so that their sum is the number of classes. @see Cui et al. 2019, equation 2 */
function effectiveNumbers(counts: ArrayLike<number>, beta: number): Float32Array {
  const raw = Array.from(counts, (count) => (count > 0 ? (1 - beta) / (1 - beta ** count) : 0));
  const sum = raw.reduce((a, b) => a + b, 0);
  return Float32Array.from(raw, (value) => (value * raw.length) / sum);
}

/** Δ_c = maxMargin·(n_min/n_c)^(1/4). @see Cao et al. 2019, equation 13 */
function margins(counts: ArrayLike<number>, maxMargin: number): Float32Array {
  const least = Math.min(...Array.from(counts).filter((count) => count > 0));
  return Float32Array.from(counts, (count) =>
    count > 0 ? maxMargin * (least / count) ** 0.25 : 0,
  );
}

/** The entry of a per-class list for the class of each node. */
const perNode = (list: Float32Array, targets: Tensor): Tensor =>
  tensor(list).indexSelect(0, targets);

const plain: NodeLoss = (logits, targets) => crossEntropy(logits, targets, { reduction: "none" });

const focal =
  (alpha: Float32Array, gamma: number): NodeLoss =>
  (logits, targets) => {
    const t = oneHot(targets, logits.shape[1]!);
    // BCE(z, t) = softplus(z) − t·z; (1 − p_t)^γ = exp(−γ·(t·z + softplus(−z)))
    const bce = softplus(logits).sub(logits.mul(t));
    const modulator = exp(logits.mul(t).add(softplus(logits.neg())).mul(-gamma));
    return modulator.mul(bce).sum({ dim: 1 }).mul(perNode(alpha, targets));
  };

const classBalanced =
  (omega: Float32Array): NodeLoss =>
  (logits, targets) => {
    const classes = logits.shape[1]!;
    const t = oneHot(targets, classes);
    const logP = logSoftmax(logits);
    const logRest = log(exp(logP).minimum(LARGEST_PROBABILITY).neg().add(1));
    const bce = logP
      .mul(t)
      .add(logRest.mul(t.neg().add(1)))
      .neg();
    return bce
      .sum({ dim: 1 })
      .mul(perNode(omega, targets))
      .mul(1 / classes);
  };

const ldam =
  (delta: Float32Array, scale: number): NodeLoss =>
  (logits, targets) => {
    const margin = oneHot(targets, logits.shape[1]!).mul(perNode(delta, targets).unsqueeze(1));
    return plain(logits.sub(margin).mul(scale), targets);
  };

/**
 * Returns a loss per node, by name, for unequal classes. Multiply the result by ReNode's weights and divide by the number of
 * nodes.
 *
 * - `ce`: −log g_y, g = softmax(z)
 * - `re-weight`: (n̄/n_y)·ce
 * - `focal`: (n̄/n_y)·Σ_c (1 − p_c)^γ·BCE(z_c, 1[c = y]), one sigmoid per class, p_c the probability of being correct
 * - `cb-softmax`: (ω_y/C)·Σ_c BCE(g_c, 1[c = y]), ω_c ∝ (1 − β)/(1 − β^(n_c))
 * - `ldam`: ce of s·(z − Δ_y·e_y), Δ_c = Δ_max·(n_min/n_c)^(1/4)
 *
 * @throws {RenodeError} `ERR_ARGUMENT` for an unknown name, `ERR_RANGE` for options out of range or no training node
 * @see Lin et al. 2017 (focal); Cui et al. 2019 (class-balanced); Cao et al. 2019 (LDAM); Chen et al. 2021, section 4.3
 */
export function nodeLoss(name: LossName, options: LossOptions): NodeLoss {
  const {
    counts,
    gamma = 2,
    beta = 0.9999,
    maxMargin = 0.5,
    scale = 30,
    ...rest
  } = optionsOf("nodeLoss", options);
  refuseUnknown("nodeLoss", rest);
  oneOf("nodeLoss", "name", name, lossNames);
  const total = Array.from(counts).reduce((a, b) => a + b, 0);
  real("nodeLoss", "the sum of counts", total, { above: 0 });
  real("nodeLoss", "gamma", gamma, { min: 0 });
  real("nodeLoss", "beta", beta, { min: 0, below: 1 });
  real("nodeLoss", "maxMargin", maxMargin, { min: 0 });
  real("nodeLoss", "scale", scale, { above: 0 });
  if (name === "ce") return plain;
  if (name === "focal") return focal(inverseFrequencies(counts), gamma);
  if (name === "cb-softmax") return classBalanced(effectiveNumbers(counts, beta));
  if (name === "ldam") return ldam(margins(counts, maxMargin), scale);
  const frequencies = inverseFrequencies(counts);
  return (logits, targets) => plain(logits, targets).mul(perNode(frequencies, targets));
}
