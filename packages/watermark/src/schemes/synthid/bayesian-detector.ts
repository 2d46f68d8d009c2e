import type { Random } from "../../attacks/token-attacks";
import { having, listOf, optionsOf, refuseUnknown, WatermarkError } from "../../errors";
import { tprAtFpr } from "../../metrics/rates";
import type { WatermarkKey } from "../../prf/key";
import { randomPermutation } from "../../prf/permutation";
import type { SynthIdProfile } from "./profile";
import { repeatsWithin, synthid } from "./synthid";

/** G-values of one text, repeated contexts and the first H tokens left out. */
export interface GMatrix {
  /** Shape [tokens, depth], zeros and ones. */
  g: Uint8Array;
  tokens: number;
  depth: number;
}

/** Parameters of a trained detector, as JSON. One detector fits one key. */
export interface BayesianDetector {
  depth: number;
  /** Prior P(marked). */
  prior: number;
  /** Shape [depth]. */
  beta: number[];
  /** Strictly lower triangle, shape [depth, depth]. */
  delta: number[][];
}

/**
 * The g-values of a text under a SynthID-Text profile, after the detection masks: repeated contexts are left out, with
 * `compat` only those seen at most `context_history_size` positions before, as Hugging Face's and the authors' codes do.
 *
 * @param end first index not to use, for example the first end-of-text token
 */
export function synthIdGValues(
  profile: SynthIdProfile,
  key: WatermarkKey | undefined,
  ids: ArrayLike<number>,
  end: number = listOf("synthIdGValues", "ids", ids).length,
): GMatrix {
  having("synthIdGValues", "profile", profile, "scheme", "ngram_len");
  const { depth } = profile;
  const scored = synthid(profile, key).score(Array.prototype.slice.call(ids, 0, end));
  const history = profile.compat ? profile.context_history_size : Number.POSITIVE_INFINITY;
  const isMasked = repeatsWithin(scored.names, history);
  const rows = scored.names.flatMap((_, i) =>
    isMasked[i] ? [] : [scored.g.subarray(i * depth, (i + 1) * depth)],
  );
  const g = new Uint8Array(rows.length * depth);
  rows.forEach((row, i) => {
    g.set(row, i * depth);
  });
  return { g, tokens: rows.length, depth };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** ψ_tℓ = sigmoid(β_ℓ + Σ_{k<ℓ} δ_ℓk g_tk), the chance that a match had two different tokens. */
function psi({ beta, delta }: BayesianDetector, g: Uint8Array, row: number, layer: number): number {
  let sum = beta[layer]!;
  const weights = delta[layer]!;
  for (let k = 0; k < layer; k++) if (g[row + k]) sum += weights[k]!;
  return sigmoid(sum);
}

/** logit P(marked | g) = logit prior + Σ ln(P(g|marked)/½), P(g|marked) = ½[(g + ½)ψ + (1 − ψ)]. */
function logOdds(detector: BayesianDetector, { g, tokens, depth }: GMatrix): number {
  let sum = Math.log(detector.prior) - Math.log1p(-detector.prior);
  for (let t = 0; t < tokens; t++)
    for (let layer = 0; layer < depth; layer++) {
      const p = psi(detector, g, t * depth, layer);
      sum += Math.log1p(p * (g[t * depth + layer]! - 0.5));
    }
  return sum;
}

/**
 * P(marked | g-values) under a trained detector.
 *
 * @throws {WatermarkError} `ERR_SHAPE` when the depths differ or the detector lacks parameters
 * @see Dathathri et al. 2024, Bayesian detector
 */
export function bayesianPosterior(detector: BayesianDetector, matrix: GMatrix): number {
  having("bayesianPosterior", "detector", detector, "depth", "prior");
  if (detector.depth !== matrix.depth)
    throw new WatermarkError(
      "ERR_SHAPE",
      `bayesianPosterior: the detector has ${detector.depth} layers, the text ${matrix.depth}`,
      { fields: { needed: detector.depth, got: matrix.depth } },
    );
  const { depth, prior, beta, delta } = detector;
  const isWhole =
    beta?.length === depth && delta?.length === depth && delta.every((row, k) => row?.length >= k);
  const isNumeric = isWhole && [prior, ...beta, ...delta.flat()].every(Number.isFinite);
  if (!isNumeric || !(prior > 0 && prior < 1))
    throw new WatermarkError(
      "ERR_SHAPE",
      `bayesianPosterior: a detector has depth, prior, ${depth} numbers beta and ${depth} rows delta`,
      { fields: { depth } },
    );
  return sigmoid(logOdds(detector, matrix));
}

/** Options of `trainBayesianDetector`; the defaults are the reference code's. */
export interface BayesianOptions {
  random: Random;
  /** Default 50. */
  epochs?: number | undefined;
  /** Adam's rate. Default 2.1e-2. */
  learningRate?: number | undefined;
  /** Default 64. */
  batchSize?: number | undefined;
  /** L2 weights on δ to choose from. Default 1e-3, 1e-2.67, 1e-2.33, 1e-2 … as logspace(−3, −2, 4). */
  l2?: readonly number[] | undefined;
  /** Prior P(marked). Default 0.5. */
  prior?: number | undefined;
}

/** A flat parameter vector: β, then the rows of δ below the diagonal. */
function unpack(flat: Float64Array, depth: number, prior: number): BayesianDetector {
  const delta = Array.from({ length: depth }, (_, layer) => {
    const from = depth + (layer * (layer - 1)) / 2;
    const row = new Array<number>(depth).fill(0);
    for (let k = 0; k < layer; k++) row[k] = flat[from + k]!;
    return row;
  });
  return { depth, prior, beta: Array.from(flat.subarray(0, depth)), delta };
}

/** Adds the gradient of one text's cross-entropy to `gradient`. */
function addGradient(
  detector: BayesianDetector,
  { g, tokens, depth }: GMatrix,
  label: number,
  gradient: Float64Array,
): void {
  let odds = Math.log(detector.prior) - Math.log1p(-detector.prior);
  const slopes = new Float64Array(tokens * depth);
  for (let t = 0; t < tokens; t++)
    for (let layer = 0; layer < depth; layer++) {
      const p = psi(detector, g, t * depth, layer);
      const centred = g[t * depth + layer]! - 0.5;
      odds += Math.log1p(p * centred);
      slopes[t * depth + layer] = (centred * p * (1 - p)) / (1 + p * centred);
    }
  // The reference clips predictions to [1e-5, 1 − 1e-5], so the gradient is 0 beyond.
  const prediction = sigmoid(odds);
  if (prediction < 1e-5 || prediction > 1 - 1e-5) return;
  const error = prediction - label;
  for (let t = 0; t < tokens; t++)
    for (let layer = 0; layer < depth; layer++) {
      const slope = error * slopes[t * depth + layer]!;
      gradient[layer]! += slope;
      const from = depth + (layer * (layer - 1)) / 2;
      for (let k = 0; k < layer; k++) if (g[t * depth + k]) gradient[from + k]! += slope;
    }
}

interface FitSettings {
  random: Random;
  epochs: number;
  learningRate: number;
  batchSize: number;
  prior: number;
}

type Example = { matrix: GMatrix; label: number };

function fit(
  examples: readonly Example[],
  depth: number,
  l2: number,
  { random, epochs, learningRate, batchSize, prior }: FitSettings,
): BayesianDetector {
  const count = depth + (depth * (depth - 1)) / 2;
  const flat = Float64Array.from({ length: count }, (_, i) =>
    i < depth ? -2.5 + 0.001 * (random() - 0.5) : 0.001 * (random() - 0.5),
  );
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = randomPermutation(examples.length, examples.length, random);
    for (let at = 0; at < order.length; at += batchSize) {
      const batch = Array.from(order.subarray(at, at + batchSize), (i) => examples[i]!);
      const gradient = new Float64Array(count);
      const detector = unpack(flat, depth, prior);
      for (const { matrix, label } of batch) addGradient(detector, matrix, label, gradient);
      step++;
      for (let i = 0; i < count; i++) {
        const slope = gradient[i]! / batch.length + (i < depth ? 0 : 2 * l2 * flat[i]!);
        first[i] = 0.9 * first[i]! + 0.1 * slope;
        second[i] = 0.999 * second[i]! + 0.001 * slope * slope;
        const mean = first[i]! / (1 - 0.9 ** step);
        const spread = Math.sqrt(second[i]! / (1 - 0.999 ** step));
        flat[i]! -= (learningRate * mean) / (spread + 1e-8);
      }
    }
  }
  return unpack(flat, depth, prior);
}

/**
 * Trains the Bayesian detector of SynthID-Text by Adam on cross-entropy, once per L2 weight, and
 * keeps the one with the largest true-positive rate at 1 % false positives on a held-out third.
 *
 * @param marked g-values of marked texts
 * @param unmarked g-values of unmarked texts under the same key
 * @returns the detector and its held-out rate
 * @throws {WatermarkError} `ERR_TOO_SHORT` with fewer than 6 texts per side, `ERR_SHAPE` for mixed depths
 * @see google-deepmind/synthid-text, detector_bayesian.py
 */
export function trainBayesianDetector(
  marked: readonly GMatrix[],
  unmarked: readonly GMatrix[],
  options: BayesianOptions,
): { detector: BayesianDetector; tprAtFpr1: number } {
  const {
    random,
    epochs = 50,
    learningRate = 2.1e-2,
    batchSize = 64,
    l2 = [0, 1, 2, 3].map((i) => 10 ** (-3 + i / 3)),
    prior = 0.5,
    ...rest
  } = optionsOf("trainBayesianDetector", options);
  refuseUnknown("trainBayesianDetector", rest);
  listOf("trainBayesianDetector", "marked", marked);
  listOf("trainBayesianDetector", "unmarked", unmarked);
  const least = Math.min(marked.length, unmarked.length);
  if (least < 6)
    throw new WatermarkError(
      "ERR_TOO_SHORT",
      `trainBayesianDetector: needs 6 texts a side, got ${least}`,
      {
        fields: {
          needed: 6,
          got: least,
        },
      },
    );
  const { depth } = marked[0]!;
  if ([...marked, ...unmarked].some((matrix) => matrix.depth !== depth))
    throw new WatermarkError("ERR_SHAPE", "trainBayesianDetector: texts differ in depth");
  const isHeld = (_: GMatrix, i: number) => i % 3 === 2;
  const isUsed = (_: GMatrix, i: number) => i % 3 !== 2;
  const examples = [
    ...marked.filter(isUsed).map((matrix): Example => ({ matrix, label: 1 })),
    ...unmarked.filter(isUsed).map((matrix): Example => ({ matrix, label: 0 })),
  ];
  let best: { detector: BayesianDetector; tprAtFpr1: number } | undefined;
  for (const weight of l2) {
    const detector = fit(examples, depth, weight, {
      random,
      epochs,
      learningRate,
      batchSize,
      prior,
    });
    const score = (matrix: GMatrix) => logOdds(detector, matrix);
    const rate = tprAtFpr(
      marked.filter(isHeld).map(score),
      unmarked.filter(isHeld).map(score),
      0.01,
    );
    if (!best || rate > best.tprAtFpr1) best = { detector, tprAtFpr1: rate };
  }
  return best!;
}
