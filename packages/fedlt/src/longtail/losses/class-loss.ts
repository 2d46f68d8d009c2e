import { FedError } from "../../errors";

/** The loss that a client trains with. */
export type LossSpec =
  | { readonly name: "cross-entropy" }
  | { readonly name: "focal"; readonly gamma: number }
  /** `usesMeanWeight`: as the released code, see `classLoss`. */
  | {
      readonly name: "ratio";
      readonly weights: readonly number[];
      readonly usesMeanWeight?: boolean | undefined;
    }
  /** Cross-entropy on z + τ·log π. */
  | { readonly name: "logit-adjusted"; readonly priors: readonly number[]; readonly tau: number };

/** A mean loss over rows and its gradient with respect to the logits. */
export interface LossValue {
  readonly loss: number;
  /** Shape [rows, classes]. */
  readonly gradient: Float32Array;
}

/** Added to probabilities inside logarithms, as the released code does. */
const EPSILON = 1e-6;

/** Writes softmax(logits row + shift) into `into`; returns nothing. */
export function softmaxRow(
  logits: ArrayLike<number>,
  at: number,
  classes: number,
  into: Float64Array,
  shift?: ArrayLike<number>,
): void {
  let largest = -Infinity;
  for (let c = 0; c < classes; c++) {
    const z = logits[at + c]! + (shift ? shift[c]! : 0);
    into[c] = z;
    if (z > largest) largest = z;
  }
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const e = Math.exp(into[c]! - largest);
    into[c] = e;
    sum += e;
  }
  for (let c = 0; c < classes; c++) into[c]! /= sum;
}

/** One row's loss ℓ as a function of p = p_y, and dℓ/d log p. */
type RowLoss = (p: number, label: number) => { value: number; slope: number };

function rowLoss(spec: LossSpec, labels: ArrayLike<number>): RowLoss {
  switch (spec.name) {
    case "focal": {
      const { gamma } = spec;
      return (p, _label) => {
        const log = Math.log(p + EPSILON);
        const rest = Math.max(1 - p, 0);
        const value = -(rest ** gamma) * log;
        const slopeInP = gamma * rest ** (gamma - 1) * log - rest ** gamma / (p + EPSILON);
        return { value, slope: slopeInP * p };
      };
    }
    case "ratio": {
      const { weights } = spec;
      const mean =
        Array.from(labels).reduce((sum, label) => sum + weights[label]!, 0) / labels.length;
      return (p, label) => {
        const weight = spec.usesMeanWeight ? mean : weights[label]!;
        return { value: -weight * Math.log(p + EPSILON), slope: (-weight * p) / (p + EPSILON) };
      };
    }
    default:
      return (p) => ({ value: -Math.log(Math.max(p, 1e-300)), slope: -1 });
  }
}

function checkSpec(spec: LossSpec, classes: number): void {
  const perClass =
    spec.name === "ratio" ? spec.weights : spec.name === "logit-adjusted" ? spec.priors : undefined;
  if (perClass && perClass.length !== classes)
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/classLoss: the ${spec.name} loss needs ${classes} numbers, got ${perClass.length}`,
    );
}

/** log π, where classes of prior 0 get the smallest positive prior, so that the shift stays finite. */
function logPriors(priors: readonly number[], tau: number): Float64Array {
  const least = Math.min(...priors.filter((p) => p > 0));
  return Float64Array.from(priors, (p) => tau * Math.log(p > 0 ? p : least));
}

/**
 * The mean loss over rows and its gradient.
 *
 * - cross-entropy: −log p_y
 * - focal: −(1 − p_y)^γ·log(p_y + 1e-6)
 * - ratio: −a_y·log(p_y + 1e-6). The released code multiplies a column by a row, which weights every row by the
 *   mean a_y of the batch instead; `usesMeanWeight` does that
 * - logit-adjusted: −log softmax(z + τ·log π)_y
 *
 * @param logits shape [rows, classes]
 * @param labels shape [rows]
 * @throws {FedError} `ERR_SHAPE` when weights or priors do not match the classes
 * @see Lin et al. 2017; Wang et al. 2021 (Ratio Loss), section 4.2; Menon et al. 2021, equation 10
 */
export function classLoss(
  logits: Float32Array,
  labels: ArrayLike<number>,
  spec: LossSpec = { name: "cross-entropy" },
): LossValue {
  const rows = labels.length;
  const classes = logits.length / rows;
  checkSpec(spec, classes);
  const shift = spec.name === "logit-adjusted" ? logPriors(spec.priors, spec.tau) : undefined;
  const lossOf = rowLoss(spec, labels);
  const gradient = new Float32Array(logits.length);
  const p = new Float64Array(classes);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const at = row * classes;
    const label = labels[row]!;
    softmaxRow(logits, at, classes, p, shift);
    const { value, slope } = lossOf(p[label]!, label);
    total += value;
    // d log p_y / dz_c = 1[c = y] − p_c
    for (let c = 0; c < classes; c++)
      gradient[at + c] = (slope * ((c === label ? 1 : 0) - p[c]!)) / rows;
  }
  return { loss: total / rows, gradient };
}
