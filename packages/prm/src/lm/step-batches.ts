import { createRandom, type LabelledBatch, permutation } from "@deepgrain/lm";
import { oneOf, optionsOf, PrmError, refuseUnknown, whole } from "../errors";
import type { EncodedSteps } from "./step-encoding";

/** A batch of solutions, padded on the right, with the positions that are scored. */
export interface StepBatch extends LabelledBatch {
  attentionMask: Uint8Array;
  /** Index of each scored position in the batch, row-major; [places]. */
  places: Int32Array;
  /** Index of the first token of each position's solution, after the sequence's first; [places]. */
  starts: Int32Array;
  /** Label of each position, 0 where there is none; [places]. */
  targets: Float32Array;
  /** Weight of each position in the loss, 0 where it has no label; the weights sum to 1. */
  weights: Float32Array;
}

/**
 * Weighting of labelled steps: `solution` (default) is Math-Shepherd's loss, the mean over the steps of a solution and
 * then over solutions; `step` is TRL's, the mean over all labelled steps of a batch.
 */
export type StepAverage = "solution" | "step";

/** Collates samples into a batch. */
export function collateSteps(
  samples: readonly EncodedSteps[],
  options: { padTokenId?: number | undefined; average?: StepAverage | undefined } = {},
): StepBatch {
  const { padTokenId = 0, average = "solution", ...rest } = optionsOf("collateSteps", options);
  refuseUnknown("collateSteps", rest);
  const length = Math.max(...samples.map(({ ids }) => ids.length));
  const ids = new Int32Array(samples.length * length).fill(padTokenId);
  const attentionMask = new Uint8Array(samples.length * length);
  const [places, starts]: [number[], number[]] = [[], []];
  const [targets, weights]: [number[], number[]] = [[], []];
  for (const [row, sample] of samples.entries()) {
    ids.set(sample.ids, row * length);
    attentionMask.fill(1, row * length, row * length + sample.ids.length);
    const labelled = sample.labels.filter((label) => label !== null).length;
    for (const [i, place] of sample.places.entries()) {
      const label = sample.labels[i]!;
      places.push(row * length + place);
      starts.push(row * length + Math.max(sample.start, 1)); // Nothing predicts a sequence's first token.
      targets.push(label ?? 0);
      weights.push(label === null ? 0 : average === "step" ? 1 : 1 / labelled);
    }
  }
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    ids,
    attentionMask,
    batch: samples.length,
    length,
    places: Int32Array.from(places),
    starts: Int32Array.from(starts),
    targets: Float32Array.from(targets),
    weights: Float32Array.from(weights, (weight) => (all === 0 ? 0 : weight / all)),
  };
}

/** Options of batches of samples. */
export interface StepBatchesOptions {
  /** Solutions per batch. Default 8. */
  readonly batchSize?: number | undefined;
  /** Pads shorter rows; masked. Default 0. */
  readonly padTokenId?: number | undefined;
  /** Determines the order. Default 0. */
  readonly seed?: number | undefined;
  readonly average?: StepAverage | undefined;
}

/**
 * Batches by position, for any number of epochs, in an order that is determined by (seed, epoch), as `fit` of
 * `@deepgrain/trainer` expects them.
 *
 * @throws {PrmError} `ERR_ARGUMENT` without samples; `ERR_RANGE` for a batch size below 1
 */
export function stepBatches(
  samples: readonly EncodedSteps[],
  options: StepBatchesOptions = {},
): { batch(position: number): StepBatch } {
  const {
    batchSize = 8,
    padTokenId = 0,
    seed = 0,
    average = "solution",
    ...rest
  } = optionsOf("stepBatches", options);
  refuseUnknown("stepBatches", rest);
  oneOf("stepBatches", "average", average, ["solution", "step"]);
  whole("stepBatches", "batchSize", batchSize, { min: 1 });
  if (samples.length === 0)
    throw new PrmError("ERR_ARGUMENT", "stepBatches: there are no samples to train on");
  const orders = new Map<number, Uint32Array>();
  const orderOf = (epoch: number) => {
    const order =
      orders.get(epoch) ?? permutation(samples.length, createRandom([seed, epoch]).next);
    if (!orders.has(epoch)) orders.clear();
    orders.set(epoch, order);
    return order;
  };
  return {
    batch(position) {
      const own = Array.from({ length: batchSize }, (_, i) => {
        const at = position * batchSize + i;
        return samples[orderOf(Math.floor(at / samples.length))[at % samples.length]!]!;
      });
      return collateSteps(own, { padTokenId, average });
    },
  };
}
