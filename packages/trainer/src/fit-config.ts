import type { optim } from "@deepgrain/tensor-gpu";
import type { CheckpointPart, CheckpointParts } from "./checkpoint/part";
import type { LossFunction } from "./loss";
import type { OptimizerChoice } from "./optimizer";

/** Training data as a pure function of a position, so that a run can stop and go on anywhere. */
export interface TrainingData<Batch> {
  /** The batch at `position`, counted from 0; step s reads positions s·accumulation and following. */
  batch(position: number): Batch | Promise<Batch>;
}

/** What `fit` needs to know. */
export interface FitConfig<Batch> {
  data: TrainingData<Batch>;
  /** The scalar to lower, with further scalars for the events if there are any. */
  loss: LossFunction<Batch>;
  /** Optimiser steps in all. */
  steps: number;
  /** Learning rate by step, counted from 0, or one rate. */
  schedule: optim.Schedule | number;
  /** AdamW's settings, or a function that makes another optimiser. Default: AdamW with the engine's settings. */
  optimizer?: OptimizerChoice;
  /** Joint gradient norm above which gradients are scaled down. Default 1; Infinity for never. */
  clipping?: number;
  /** Batches whose gradients are averaged into one step. Default 1. */
  accumulation?: number;
  /** What a batch weighs among those of its step; see `TrainStepOptions`. Default: all weigh the same. */
  weigh?: (batch: Batch) => number;
  /** A measurement every so many steps and at the end: a loss, or a loss with further scalars. `meanLoss` makes one. */
  evaluation?: {
    everySteps: number;
    measure: (step: number) => Measured | Promise<Measured>;
  };
  /** Where, how often and what to save. Saved at the end, on abort and before a loss that is not finite, too. */
  checkpoint?: FitCheckpoint;
  /** Go on from the newest whole checkpoint of that folder, if there is one. Default false: the folder must hold none. */
  resume?: boolean;
  /** Called after each optimiser step with the number of steps done, for what is updated outside the gradient. */
  afterStep?: (step: number) => void | Promise<void>;
  /** Names the first tensor of a batch's forward pass that is not finite, for the error of a loss that is not. */
  explain?: (batch: Batch) => Promise<string | undefined> | string | undefined;
  /** Aborting saves a checkpoint (where configured) and throws the signal's reason. */
  signal?: AbortSignal;
}

/** Result of an evaluation. */
export type Measured = number | { loss: number; scalars: Readonly<Record<string, number>> };

/** Checkpoints of `fit`. */
export interface FitCheckpoint {
  folder: string;
  everySteps: number;
  /** Newest checkpoints to keep. Default 2. */
  keep?: number;
  /** How the weights are stored. Default: `moduleWeights(module)`. */
  weights?: CheckpointPart;
  /** Whatever else the run changes and must find again: factors, a second model, generators, by name. */
  parts?: CheckpointParts;
}
