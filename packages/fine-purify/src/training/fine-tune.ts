import { pickOptions } from "@deepgrain/support";
import type { nn, optim, Tensor } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit, type OptimizerChoice } from "@deepgrain/trainer";
import { knownOptions } from "../known-options";
import { type BatchOptions, batchOptionNames, epochBatches } from "./batches";

/** Options of {@link fineTune}. */
export interface FineTuneOptions<T> extends BatchOptions {
  /** Mean loss of rows. */
  loss(rows: readonly T[], step: number): Tensor;
  /** Default 10. */
  epochs?: number;
  /** Optimiser steps; instead of `epochs`. */
  steps?: number;
  /** Learning rate, or one by step. Default 2e-5, for BERT and RoBERTa. */
  lr?: optim.Schedule | number;
  /** Default: Adam (AdamW without decay). */
  optimizer?: OptimizerChoice;
  /** Joint gradient norm above which gradients are scaled down. Default 1. */
  maxGradNorm?: number;
  /** Called after each step. */
  afterStep?: (step: number) => void;
  signal?: AbortSignal;
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
  knownOptions("fineTune", options, {
    loss: true,
    epochs: true,
    steps: true,
    lr: true,
    optimizer: true,
    maxGradNorm: true,
    afterStep: true,
    signal: true,
    batchSize: true,
    seed: true,
  });
  const { loss, epochs = 10, lr = 2e-5, signal, maxGradNorm, afterStep } = options;
  const data = epochBatches(rows, pickOptions(options, batchOptionNames));
  yield* fit(module, {
    data,
    loss,
    lr,
    steps: options.steps ?? epochs * data.perEpoch,
    optimizer: options.optimizer ?? { weightDecay: 0 },
    ...(maxGradNorm !== undefined && { maxGradNorm }),
    ...(afterStep && { afterStep }),
    ...(signal && { signal }),
  });
}
