import { optionsOf, refuseUnknown } from "../../errors";
import { drawNormal } from "../../federation/random/draws";
import type { Random } from "../../federation/random/stream";
import type { NamedTensors } from "../../federation/tensors/named-tensors";
import { clipToNorm } from "../../federation/tensors/tensor-math";
import { rowsByClass } from "../data/dataset";
import { softmaxRow } from "../losses/class-loss";
import type { Head } from "./heads";
import { columnSums, timesTransposed, transposedTimes } from "./matrix";

/** The gradient of mean cross-entropy with respect to a linear head. */
export interface HeadGradient {
  /** Shape [C, d]. */
  readonly weight: Float32Array;
  /** Shape [C]. */
  readonly bias: Float32Array;
}

/**
 * The gradient of mean cross-entropy over rows with respect to a linear head, in closed form: with
 * e = softmax(W·h + b) − onehot(y), the mean of e·hᵀ and of e.
 *
 * @param features h, shape [rows, d]
 * @param labels shape [rows], at least one row
 */
export function headGradient(
  features: Float32Array,
  labels: ArrayLike<number>,
  { weight, bias, classes }: Head,
): HeadGradient {
  const rows = labels.length;
  const width = features.length / rows;
  const logits = timesTransposed(features, weight, width, bias);
  const p = new Float64Array(classes);
  const residual = new Float32Array(logits.length);
  for (let row = 0; row < rows; row++) {
    softmaxRow(logits, row * classes, classes, p);
    for (let c = 0; c < classes; c++)
      residual[row * classes + c] = (p[c]! - (c === labels[row] ? 1 : 0)) / rows;
  }
  return { weight: transposedTimes(residual, features, rows), bias: columnSums(residual, rows) };
}

/** Privacy measures that a client applies to its per-class gradients before it sends them. */
export interface PrototypePrivacy {
  /** Classes with fewer rows are not reported. Default 1. */
  readonly minSamples?: number | undefined;
  /** Each class gradient is clipped to at most this norm. */
  readonly clipNorm?: number | undefined;
  /** Standard deviation of the Gaussian noise on every element, in units of `clipNorm`. */
  readonly noiseMultiplier?: number | undefined;
}

/** How rows of a class are drawn for its gradient: the average of `repeats` draws of up to `samples`; default all rows once. */
export interface ClassDraws {
  readonly repeats: number;
  readonly samples: number;
  readonly random: Random;
}

const rowsOf = (features: Float32Array, rows: readonly number[], width: number): Float32Array => {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(features.subarray(row * width, (row + 1) * width), i * width);
  });
  return picked;
};

function oneClass(
  features: Float32Array,
  rows: readonly number[],
  label: number,
  head: Head,
  draws: ClassDraws | undefined,
): HeadGradient {
  const width = head.weight.length / head.classes;
  const gradientOf = (chosen: readonly number[]) =>
    headGradient(
      rowsOf(features, chosen, width),
      new Array<number>(chosen.length).fill(label),
      head,
    );
  if (!draws) return gradientOf(rows);
  const weight = new Float32Array(head.weight.length);
  const bias = new Float32Array(head.classes);
  for (let repeat = 0; repeat < draws.repeats; repeat++) {
    const count = Math.min(draws.samples, rows.length);
    const order = [...rows];
    for (let i = 0; i < count; i++) {
      const j = i + Math.floor(draws.random() * (order.length - i));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const once = gradientOf(order.slice(0, count));
    once.weight.forEach((value, i) => {
      weight[i]! += value / draws.repeats;
    });
    once.bias.forEach((value, i) => {
      bias[i]! += value / draws.repeats;
    });
  }
  return { weight, bias };
}

/** Options of `classGradients`. */
export interface ClassGradientOptions {
  /** Name of the tensors: `<name>.weight`, `<name>.bias`. */
  readonly name: string;
  readonly privacy?: PrototypePrivacy | undefined;
  readonly draws?: ClassDraws | undefined;
  /** Random numbers for the noise; required if `privacy.noiseMultiplier` is above 0. */
  readonly random?: Random | undefined;
}

/**
 * For each class among the rows, the mean gradient of its rows with respect to a head: RedGrape's gradient prototypes, and
 * the real gradients of CReFF. Entries of each column sum to 0 over classes.
 *
 * @param features shape [rows, d], from the encoder in evaluation mode
 * @returns gradients by class; classes below `privacy.minSamples` are left out
 * @see RedGrape, section 3.2; CReFF, section 4.1
 */
export function classGradients(
  features: Float32Array,
  labels: ArrayLike<number>,
  head: Head,
  options: ClassGradientOptions,
): Map<number, NamedTensors> {
  const { name, privacy = {}, draws, random, ...rest } = optionsOf("classGradients", options);
  refuseUnknown("classGradients", rest);
  const { minSamples = 1, clipNorm, noiseMultiplier = 0 } = privacy;
  const width = head.weight.length / head.classes;
  const result = new Map<number, NamedTensors>();
  for (const [label, rows] of rowsByClass(labels, head.classes).entries()) {
    if (rows.length < Math.max(minSamples, 1)) continue;
    const { weight, bias } = oneClass(features, rows, label, head, draws);
    const exact: NamedTensors = new Map([
      [`${name}.weight`, { shape: [head.classes, width], data: weight }],
      [`${name}.bias`, { shape: [head.classes], data: bias }],
    ]);
    const clipped = clipNorm === undefined ? exact : clipToNorm(exact, clipNorm);
    if (noiseMultiplier > 0 && clipNorm !== undefined && random)
      for (const { data } of clipped.values())
        for (let i = 0; i < data.length; i++)
          data[i]! += noiseMultiplier * clipNorm * drawNormal(random);
    result.set(label, clipped as NamedTensors);
  }
  return result;
}
