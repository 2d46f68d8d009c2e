import type { Folder, optim } from "@deepgrain/tensor-gpu";
import { checkPartNames } from "./checkpoint/folders";
import type { CheckpointPart, CheckpointParts } from "./checkpoint/part";
import { fail } from "./errors";
import type { OptimizerChoice } from "./optimizer";
import type { TrainStepOptions } from "./train-step";

/** Training data as a pure function of a position, so that a run can stop and go on anywhere. */
export interface TrainingData<Batch> {
  /** The batch at `position`, counted from 0; step s reads positions s·accumulation and following. */
  batch(position: number): Batch | Promise<Batch>;
}

/** What `fit` needs to know. */
export interface FitConfig<Batch>
  extends Pick<
    TrainStepOptions<Batch>,
    "loss" | "clipping" | "accumulation" | "weigh" | "explain"
  > {
  data: TrainingData<Batch>;
  /** Optimiser steps in all. */
  steps: number;
  /** Learning rate by step, counted from 0, or one rate. */
  schedule: optim.Schedule | number;
  /** AdamW's settings, or a function that makes another optimiser. Default: AdamW with the engine's settings. */
  optimizer?: OptimizerChoice;
  /** A measurement after every `everySteps` steps and at the end: a loss, or a loss with further scalars. */
  evaluation?: { everySteps: number; measure: (step: number) => Measured | Promise<Measured> };
  /** Where, how often and what to save. Saved at the end, on abort and before a loss that is not finite, too. */
  checkpoint?: FitCheckpoint;
  /** Go on from the newest whole checkpoint of that folder, if there is one. Default false: the folder must hold none. */
  resume?: boolean;
  /** Called after each optimiser step with the number of steps done, for what is updated outside the gradient. */
  afterStep?: (step: number) => void | Promise<void>;
  /** Aborting saves a checkpoint (where configured) and throws the signal's reason. */
  signal?: AbortSignal;
}

/** Result of an evaluation. */
export type Measured = number | { loss: number; scalars: Readonly<Record<string, number>> };

/** Checkpoints of `fit`. */
export interface FitCheckpoint {
  /** A path (Node), a directory handle or a Map of Blobs by name. */
  folder: Folder;
  everySteps: number;
  /** Newest checkpoints to keep. Default 2. */
  keep?: number;
  /** How the weights are stored. Default: `moduleWeights(module)`. */
  weights?: CheckpointPart;
  /** Whatever else the run changes and must find again: factors, a second model, generators, by name. */
  parts?: CheckpointParts;
}

/** @throws {TrainerError} `ERR_RANGE` naming the setting and what it must be; `ERR_ARGUMENT` for the name of a part */
export function checkConfig<Batch>(config: FitConfig<Batch>): void {
  const { steps, accumulation = 1, clipping = 1, evaluation, checkpoint } = config;
  const refuse = (name: string, wanted: string, value: number) =>
    fail("ERR_RANGE", `trainer/fit: ${name} must be ${wanted}, got ${value}`, { [name]: value });
  const whole = (name: string, value: number, least: number) => {
    if (!Number.isSafeInteger(value) || value < least)
      refuse(name, `a whole number of at least ${least}`, value);
  };
  whole("steps", steps, 0);
  whole("accumulation", accumulation, 1);
  if (evaluation) whole("evaluation.everySteps", evaluation.everySteps, 1);
  if (checkpoint) {
    whole("checkpoint.everySteps", checkpoint.everySteps, 1);
    whole("checkpoint.keep", checkpoint.keep ?? 2, 1);
    checkPartNames(Object.keys(checkpoint.parts ?? {}));
  }
  if (!(clipping > 0)) refuse("clipping", "above 0", clipping);
}
