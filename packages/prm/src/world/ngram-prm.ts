import { having, iterableOf, optionsOf, PrmError, real, refuseUnknown, whole } from "../errors";
import type { StepScorer } from "../models/step-scorer";
import type { TrainingRow } from "../models/training-row";
import { hashText, seededRandom } from "../random/seeds";
import { type StepFeatures, stepFeatures } from "./step-features";

/** A logistic model on hashed features; plain data, so it can be stored directly. */
export interface NgramPrm {
  /** One weight per hash, a power of two of them. */
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Options of {@link trainNgramPrm}. */
export interface NgramPrmOptions {
  /** Weights, rounded up to a power of two. Default 32,768. */
  readonly dimensions?: number | undefined;
  /** Passes over the rows. Default 5. */
  readonly epochs?: number | undefined;
  /** Of AdaGrad. Default 0.3. */
  readonly learningRate?: number | undefined;
  /** Weight decay per step. Default 1e-6. */
  readonly l2?: number | undefined;
  /** Default: `stepFeatures()`. */
  readonly features?: StepFeatures | undefined;
  /** Of the order of rows. Default 0. */
  readonly seed?: number | undefined;
}

const indicesOf = (names: readonly string[], dimensions: number): Uint32Array =>
  Uint32Array.from(new Set(names.map((name) => hashText(name) & (dimensions - 1))));

/** Each feature counts 1/√(their number), so long steps do not weigh more. */
function logit(weights: Float32Array, bias: number, indices: Uint32Array): number {
  let sum = 0;
  for (const index of indices) sum += weights[index]!;
  return bias + sum / Math.sqrt(indices.length || 1);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

interface Example {
  readonly indices: Uint32Array;
  readonly label: number;
}

function examplesOf(rows: Iterable<TrainingRow>, features: StepFeatures, dimensions: number) {
  const examples: Example[] = [];
  let row = 0;
  for (const { problem, steps, labels } of rows) {
    row++;
    if (steps.length !== labels.length)
      throw new PrmError(
        "ERR_FORMAT",
        `trainNgramPrm: row ${row} has ${steps.length} steps and ${labels.length} labels`,
        { fields: { row } },
      );
    for (const [i, given] of labels.entries()) {
      if (given === null) continue;
      const label = Number(given);
      real("trainNgramPrm", `label ${i + 1} of row ${row}`, label, { min: 0, max: 1 });
      examples.push({ indices: indicesOf(features(problem, steps, i), dimensions), label });
    }
  }
  if (examples.length > 0) return examples;
  throw new PrmError("ERR_ARGUMENT", "trainNgramPrm: there are no labelled steps");
}

function shuffle(examples: Example[], random: () => number): void {
  for (let i = examples.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [examples[i], examples[j]] = [examples[j]!, examples[i]!];
  }
}

/**
 * Trains a small process reward model that needs no tensors: logistic regression on hashed features of steps, by AdaGrad
 * on `softplus(ℓ) − y·ℓ`, which takes hard and soft labels.
 *
 * @param rows solutions with labels; null labels are left out
 * @throws {PrmError} `ERR_FORMAT` for rows with unequal lengths, `ERR_RANGE` for labels outside [0, 1] and bad options,
 *   `ERR_ARGUMENT` without labelled steps
 */
export function trainNgramPrm(
  rows: Iterable<TrainingRow>,
  options: NgramPrmOptions = {},
): NgramPrm {
  iterableOf("trainNgramPrm", "rows", rows);
  const {
    dimensions = 32_768,
    epochs = 5,
    learningRate = 0.3,
    l2 = 1e-6,
    features = stepFeatures(),
    seed = 0,
    ...rest
  } = optionsOf("trainNgramPrm", options);
  refuseUnknown("trainNgramPrm", rest);
  whole("trainNgramPrm", "dimensions", dimensions, { min: 2 });
  whole("trainNgramPrm", "epochs", epochs, { min: 1 });
  const size = 2 ** Math.ceil(Math.log2(dimensions));
  const examples = examplesOf(rows, features, size);
  const weights = new Float32Array(size);
  const squares = new Float32Array(size).fill(1e-8);
  let [bias, biasSquares] = [0, 1e-8];
  const random = seededRandom(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(examples, random);
    for (const { indices, label } of examples) {
      const slope = sigmoid(logit(weights, bias, indices)) - label;
      const scale = 1 / Math.sqrt(indices.length || 1);
      biasSquares += slope * slope;
      bias -= (learningRate * slope) / Math.sqrt(biasSquares);
      for (const index of indices) {
        const gradient = slope * scale + l2 * weights[index]!;
        squares[index]! += gradient * gradient;
        weights[index]! -= (learningRate * gradient) / Math.sqrt(squares[index]!);
      }
    }
  }
  return { weights, bias };
}

/**
 * A scorer from an n-gram reward model.
 * @param features those it was trained with; default `stepFeatures()`
 * @throws {PrmError} `ERR_ARGUMENT` unless the number of weights is a power of two
 */
export function ngramScorer(
  ngramPrm: NgramPrm,
  features: StepFeatures = stepFeatures(),
): StepScorer {
  const { weights, bias } = having("ngramScorer", "ngramPrm", ngramPrm, "weights", "bias");
  if (!Number.isInteger(Math.log2(weights.length)))
    throw new PrmError(
      "ERR_ARGUMENT",
      `ngramScorer: weights must be a power of two, got ${weights.length}`,
    );
  return async (problem, steps) =>
    steps.map((_, i) =>
      sigmoid(logit(weights, bias, indicesOf(features(problem, steps, i), weights.length))),
    );
}
