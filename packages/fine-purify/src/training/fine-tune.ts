import type { nn, optim, Tensor } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit, type OptimizerChoice } from "@deepgrain/trainer";
import { optionsOf, refuseUnknown } from "../errors";
import { type BatchOptions, epochBatches } from "./batches";

/** Options of {@link fineTune}. */
export interface FineTuneOptions<T> extends BatchOptions {
  /** Mean loss of rows. */
  loss(rows: readonly T[], step: number): Tensor;
  /** Default 10. */
  epochs?: number | undefined;
  /** Optimiser steps; instead of `epochs`. */
  steps?: number | undefined;
  /** Learning rate, or one by step. Default 2e-5, for BERT and RoBERTa. */
  lr?: optim.Schedule | number | undefined;
  /** Default: Adam (AdamW without decay). */
  optimizer?: OptimizerChoice | undefined;
  /** Joint gradient norm above which gradients are scaled down. Default 1. */
  maxGradNorm?: number | undefined;
  /** Called after each step. */
  afterStep?: ((step: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Trains all parameters that require gradients on a small clean set: the last step of every purification, and the
 * baseline that purification must always be compared with.
 *
 * @yields the events of `fit`
 * @throws {PurifyError} `ERR_DATA` for no rows; errors of `fit`
 * @see defaults are a reconstruction of Zhang et al. 2023
 */
export async function* fineTune<T>(
  module: nn.Module,
  rows: readonly T[],
  options: FineTuneOptions<T>,
): AsyncGenerator<FitEvent, void> {
  const {
    loss,
    epochs = 10,
    steps,
    lr = 2e-5,
    optimizer = { weightDecay: 0 },
    maxGradNorm,
    afterStep,
    batchSize,
    seed,
    signal,
    ...rest
  } = optionsOf("fineTune", options);
  refuseUnknown("fineTune", rest);
  const data = epochBatches(rows, { batchSize, seed });
  yield* fit(module, {
    data,
    loss,
    lr,
    steps: steps ?? epochs * data.perEpoch,
    optimizer,
    maxGradNorm,
    afterStep,
    signal,
  });
}
