import { shown } from "@deepgrain/support";
import type { Folder, optim } from "@deepgrain/tensor-gpu";
import { checkPartNames } from "./checkpoint/folders";
import type { CheckpointPart, CheckpointParts } from "./checkpoint/part";
import { fail, optionsOf, real, refuseUnknown, whole } from "./errors";
import type { OptimizerChoice } from "./optimizer";
import type { TrainStepOptions } from "./train-step";

/** Training data as a pure function of a position, so that a run can stop and go on anywhere. */
export interface TrainingData<Batch> {
  /** The batch at `position`, counted from 0; step s reads positions s·gradientAccumulation and following. */
  batch(position: number): Batch | Promise<Batch>;
}

/** Options of `fit`. */
export interface FitConfig<Batch>
  extends Pick<
    TrainStepOptions<Batch>,
    "loss" | "maxGradNorm" | "gradientAccumulation" | "weigh" | "explain"
  > {
  data: TrainingData<Batch>;
  /** Optimiser steps in all. */
  steps: number;
  /** Learning rate by step, counted from 0, or one rate. Default 1e-3. */
  lr?: optim.Schedule | number | undefined;
  /** AdamW's settings, or a function that makes another optimiser. Default: AdamW with the engine's settings. */
  optimizer?: OptimizerChoice | undefined;
  /** A measurement after every `everySteps` steps and at the end: a loss, or a loss with further scalars. */
  evaluation?: Evaluation | undefined;
  /** Where, how often and what to save. Saved at the end, on abort and before a loss that is not finite, too. */
  checkpoint?: FitCheckpoint | undefined;
  /** Go on from the newest whole checkpoint of that folder, if there is one. Default false: the folder must hold none. */
  resume?: boolean | undefined;
  /** Called after each optimiser step with the number of steps done, for what is updated outside the gradient. */
  afterStep?: ((step: number) => void | Promise<void>) | undefined;
  /** Aborting saves a checkpoint (where configured) and throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** When and how to measure. */
export interface Evaluation {
  everySteps: number;
  measure: (step: number) => Measured | Promise<Measured>;
}

/** Result of an evaluation. */
export type Measured = number | { loss: number; scalars: Readonly<Record<string, number>> };

/** Checkpoints of `fit`. */
export interface FitCheckpoint {
  /** A path (Node), a directory handle or a Map of Blobs by name. */
  folder: Folder;
  everySteps: number;
  /** Newest checkpoints to keep. Default 2. */
  keep?: number | undefined;
  /** How the weights are stored. Default: `moduleWeights(module)`. */
  weights?: CheckpointPart | undefined;
  /** Everything else that the run changes and must restore: factors, a second model, generators, by name. */
  parts?: CheckpointParts | undefined;
}

const OPTIONS: readonly (keyof FitConfig<unknown>)[] = [
  "data",
  "loss",
  "steps",
  "lr",
  "optimizer",
  "maxGradNorm",
  "gradientAccumulation",
  "weigh",
  "explain",
  "evaluation",
  "checkpoint",
  "resume",
  "afterStep",
  "signal",
];

function checkEvaluation({ everySteps, measure, ...rest }: Evaluation): void {
  refuseUnknown("fit", rest);
  whole("fit", "evaluation.everySteps", everySteps, { min: 1 });
  assertFunction("evaluation.measure", measure);
}

function checkCheckpoint({
  folder: _,
  everySteps,
  keep = 2,
  weights: __,
  parts = {},
  ...rest
}: FitCheckpoint): void {
  refuseUnknown("fit", rest);
  whole("fit", "checkpoint.everySteps", everySteps, { min: 1 });
  whole("fit", "checkpoint.keep", keep, { min: 1 });
  checkPartNames(Object.keys(parts));
}

function assertFunction(name: string, value: unknown): void {
  if (typeof value !== "function")
    fail("ERR_ARGUMENT", `fit: ${name} must be a function, got ${shown(value)}`, { [name]: value });
}

/**
 * The settings of a run, checked, with defaults.
 *
 * @throws {TrainerError} `ERR_RANGE` naming the setting and what it must be; `ERR_ARGUMENT` for an unknown setting, one of
 *   the wrong kind, and the name of a part
 */
export function checkConfig<Batch>(config: FitConfig<Batch>) {
  const {
    data,
    loss,
    steps,
    lr = 1e-3,
    optimizer,
    maxGradNorm = 1,
    gradientAccumulation = 1,
    weigh,
    explain,
    evaluation,
    checkpoint,
    resume = false,
    afterStep,
    signal,
    ...rest
  } = optionsOf("fit", config);
  refuseUnknown("fit", rest, OPTIONS);
  assertFunction("data.batch", optionsOf("fit", data).batch);
  assertFunction("loss", loss);
  if (typeof lr !== "number") assertFunction("lr", lr);
  else real("fit", "lr", lr, { min: 0 });
  whole("fit", "steps", steps, { min: 0 });
  whole("fit", "gradientAccumulation", gradientAccumulation, { min: 1 });
  if (maxGradNorm !== Infinity) real("fit", "maxGradNorm", maxGradNorm, { above: 0 });
  if (evaluation) checkEvaluation(optionsOf("fit", evaluation));
  if (checkpoint) checkCheckpoint(optionsOf("fit", checkpoint));
  return {
    data,
    loss,
    steps,
    lr,
    optimizer,
    maxGradNorm,
    gradientAccumulation,
    weigh,
    explain,
    evaluation,
    checkpoint,
    resume,
    afterStep,
    signal,
  };
}
