import type { HeadGradient } from "../../local/class-gradients";
import type { Head } from "../../local/heads";
import { columnSums, times, timesTransposed, transposedTimes } from "../../local/matrix";
import { softmaxRow } from "../../losses/class-loss";

/** How two head gradients are compared: one cosine per row of the weight and one for the bias, or a single cosine for all. */
export type GradientDistance = "rows" | "one-vector";

/** Added to the product of norms. */
const EPSILON = 1e-6;

/** Returns 1 − cos(a, r), with 1e-6 added to the product of norms, and writes its gradient with respect to a into `into`. */
function cosineTerm(a: Float64Array, r: ArrayLike<number>, into: Float64Array): number {
  let dot = 0;
  let aa = 0;
  let rr = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * r[i]!;
    aa += a[i]! * a[i]!;
    rr += r[i]! * r[i]!;
  }
  const [na, nr] = [Math.sqrt(aa), Math.sqrt(rr)];
  const divisor = na * nr + EPSILON;
  // d/da of −dot/(|a||r| + ε) = −r/(…) + dot·(|r|/|a|)·a/(…)²
  const back = na > 0 ? (dot * nr) / (na * divisor * divisor) : 0;
  for (let i = 0; i < a.length; i++) into[i] = back * a[i]! - r[i]! / divisor;
  return 1 - dot / divisor;
}

/**
 * The distance of a head gradient from a real one, and its derivative.
 * @returns the distance, ∂D/∂weight [C, d] and ∂D/∂bias [C]
 */
export function gradientDistance(
  own: HeadGradient,
  real: HeadGradient,
  kind: GradientDistance,
): { distance: number; weight: Float32Array; bias: Float32Array } {
  const classes = own.bias.length;
  const width = own.weight.length / classes;
  const weight = new Float32Array(own.weight.length);
  const bias = new Float32Array(classes);
  let distance = 0;
  if (kind === "one-vector") {
    const join = ({ weight: w, bias: b }: HeadGradient) => {
      const all = new Float64Array(w.length + b.length);
      all.set(w);
      all.set(b, w.length);
      return all;
    };
    const into = new Float64Array(weight.length + classes);
    distance = cosineTerm(join(own), join(real), into);
    weight.set(into.subarray(0, weight.length));
    bias.set(into.subarray(weight.length));
    return { distance, weight, bias };
  }
  const row = new Float64Array(width);
  for (let at = 0; at < weight.length; at += width) {
    const part = real.weight.subarray(at, at + width);
    distance += cosineTerm(Float64Array.from(own.weight.subarray(at, at + width)), part, row);
    weight.set(row, at);
  }
  const column = new Float64Array(classes);
  distance += cosineTerm(Float64Array.from(own.bias), real.bias, column);
  bias.set(column);
  return { distance, weight, bias };
}

/** Per-row softmax and residual of one class's features under a head. */
function passOf(features: Float32Array, label: number, { weight, bias, classes }: Head) {
  const rows = (features.length * classes) / weight.length;
  const width = weight.length / classes;
  const logits = timesTransposed(features, weight, width, bias);
  const probabilities = new Float32Array(logits.length);
  const residual = new Float32Array(logits.length);
  const p = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    softmaxRow(logits, row * classes, classes, p);
    for (let c = 0; c < classes; c++) {
      probabilities[row * classes + c] = p[c]!;
      residual[row * classes + c] = p[c]! - (c === label ? 1 : 0);
    }
  }
  return { rows, probabilities, residual };
}

/**
 * The distance of the head gradient of one class's features from the real one, and its derivative with
 * respect to the features: with e = softmax(f·Uᵀ + u) − onehot, ∂D/∂f = e·D_w/m + dz·U, dz = s ⊙ (de − Σ de·s),
 * de = f·D_wᵀ/m + D_b/m.
 *
 * @param features shape [m, d]
 * @returns `gradient` of shape [m, d]
 * @see CReFF, equation 8
 */
export function matchOneClass(
  features: Float32Array,
  label: number,
  head: Head,
  real: HeadGradient,
  kind: GradientDistance,
): { distance: number; gradient: Float32Array } {
  const { rows, probabilities, residual } = passOf(features, label, head);
  const { classes } = head;
  const mean = (data: Float32Array) => data.map((value) => value / rows);
  const own = {
    weight: mean(transposedTimes(residual, features, rows)),
    bias: mean(columnSums(residual, rows)),
  };
  const { distance, weight, bias } = gradientDistance(own, real, kind);
  const width = weight.length / classes;
  const de = timesTransposed(features, weight, width, bias); // f·D_wᵀ + D_b, still to be divided by m
  const dz = new Float32Array(de.length);
  for (let row = 0; row < rows; row++) {
    const at = row * classes;
    let inner = 0;
    for (let c = 0; c < classes; c++) inner += de[at + c]! * probabilities[at + c]!;
    for (let c = 0; c < classes; c++)
      dz[at + c] = (probabilities[at + c]! * (de[at + c]! - inner)) / rows;
  }
  const direct = times(mean(residual), weight, classes);
  const gradient = times(dz, head.weight, classes);
  for (let i = 0; i < gradient.length; i++) gradient[i]! += direct[i]!;
  return { distance, gradient };
}
