import type { RunEvent } from "@deepgrain/lab";
import {
  type CausalLM,
  evaluate,
  type LabelledBatch,
  type TrainConfig,
  type TrainEvent,
  train,
} from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { optim } from "@deepgrain/tensor-gpu";
import type { CheckpointParts, FitConfig, FitEvent } from "@deepgrain/trainer";

/** Options that a recipe passes on unchanged. */
type PassedOn = "maxGradNorm" | "gradientAccumulation" | "gradientCheckpointing" | "biasUpdate";

/** How a model is trained, as data. */
export interface Recipe extends Pick<TrainConfig, PassedOn> {
  /** Optimiser steps; 0 measures the model without changing it. */
  steps: number;
  lr: number;
  /** Steps in which the rate rises to its peak. */
  warmup: number;
  /** How it goes on: as a cosine to a tenth of the peak (default), ×0.316 after 80 and 90 % of the steps, or not at all. */
  schedule?: "cosine" | "steps" | "constant" | undefined;
  /** The final rate of the cosine, as a share of the peak. Default a tenth. */
  finalShare?: number;
  /** AdamW's. Default 0.1. */
  weightDecay?: number;
  /** Steps between two evaluations; there is one at the end, too. Default: that alone. */
  evaluateEvery?: number;
  /** Whether there is one before the first step. */
  measuresStart?: boolean;
  /** Steps between two checkpoints. */
  checkpointEvery?: number;
}

/** The training settings that a recipe is converted to. */
type TrainerSettings<Batch> = Pick<FitConfig<Batch>, "steps" | "lr" | "checkpoint" | "resume"> &
  Pick<TrainConfig, "optimizer" | PassedOn> & {
    signal: AbortSignal;
    evaluation?: { batches: readonly Batch[]; everySteps: number };
  };

type StepEvent = TrainEvent | FitEvent;

/** A model with what trains and measures it. */
export interface Learner<Batch, Event extends StepEvent> {
  train(data: FitConfig<Batch>["data"], settings: TrainerSettings<Batch>): AsyncIterable<Event>;
  /** The mean loss over batches. */
  measure(batches: readonly Batch[], signal: AbortSignal): Promise<number>;
}

/** A language model, trained by `train` of `@deepgrain/lm`. */
export const languageModel = (model: CausalLM): Learner<LabelledBatch, TrainEvent> => ({
  train: (data, settings) => train(model, data, settings),
  measure: async (batches, signal) => (await evaluate(model, batches, { signal })).loss,
});

/** A loss on held-out data, measured before the first step. */
type StartMeasured = { type: "eval-end"; step: 0; loss: number };

/** A training: the model, its data and recipe, and the reporter that follows it. */
export interface Training<Batch, Event extends StepEvent, T> {
  model: Learner<Batch, Event>;
  /** Without held-out batches nothing is evaluated. */
  data: { training: FitConfig<Batch>["data"]; heldOut: readonly Batch[] };
  recipe: Recipe;
  /** Folder of the checkpoints, from the newest of which a stopped training goes on. Default: there are none. */
  folder?: string;
  /** State that checkpoints hold besides the model. */
  parts?: CheckpointParts;
  /** Follows the training; what it returns is the training's result. */
  report(events: AsyncIterable<Event | StartMeasured>): T;
  signal: AbortSignal;
}

function scheduleOf(recipe: Recipe) {
  const { steps: total, lr: peak, warmup, schedule, finalShare = 0.1 } = recipe;
  if (schedule === "constant") return optim.constantSchedule({ peak, warmup });
  const falling = optim.multiStepSchedule({ peak, warmup, total });
  if (schedule === "steps") return (step: number) => falling(step + 1); // not 0 in the first step
  return optim.cosineSchedule({ peak, warmup, total, floor: finalShare * peak });
}

async function* eventsOf<Batch, Event extends StepEvent, T>(
  training: Training<Batch, Event, T>,
): AsyncGenerator<Event | StartMeasured> {
  const { model, data, recipe, folder, parts = {}, signal } = training;
  const { steps, weightDecay, evaluateEvery, checkpointEvery, measuresStart } = recipe;
  const { maxGradNorm, gradientAccumulation, gradientCheckpointing, biasUpdate } = recipe;
  const { heldOut: batches } = data;
  const events = model.train(data.training, {
    steps,
    lr: scheduleOf(recipe),
    signal,
    ...(weightDecay !== undefined && { optimizer: { weightDecay } }),
    ...(maxGradNorm !== undefined && { maxGradNorm }),
    ...(gradientAccumulation !== undefined && { gradientAccumulation }),
    ...(gradientCheckpointing !== undefined && { gradientCheckpointing }),
    ...(biasUpdate !== undefined && { biasUpdate }),
    ...(batches.length > 0 && { evaluation: { batches, everySteps: evaluateEvery ?? steps } }),
    ...(folder !== undefined && {
      checkpoint: { folder, everySteps: checkpointEvery ?? steps, parts },
      resume: true,
    }),
  });
  for await (const event of events) {
    yield event;
    if (measuresStart && event.type === "train-start" && event.step === 0)
      yield { type: "eval-end", step: 0, loss: await model.measure(batches, signal) };
  }
}

/**
 * Trains a model by a recipe. Training continues from checkpoints in the folder; to start again, empty it first.
 * @returns the result of `report`
 */
export const runTraining = <Batch, Event extends StepEvent, T>(
  training: Training<Batch, Event, T>,
): T => training.report(eventsOf(training));

/** A point of a loss curve. */
export interface CurvePoint {
  step: number;
  loss: number;
}

/**
 * A report of trainings that are part of a study's run: yields how far it is, and returns the evaluations.
 * @param share what share of the run the training is, 0 to 1
 */
export const runProgress = (share: number) =>
  async function* (
    events: AsyncIterable<StepEvent | StartMeasured>,
  ): AsyncGenerator<RunEvent, CurvePoint[], void> {
    const curve: CurvePoint[] = [];
    let steps = 0;
    for await (const event of events) {
      if (event.type === "train-start") ({ steps } = event);
      if (event.type === "eval-end") curve.push({ step: event.step, loss: event.loss });
      if (event.type === "step-end") {
        const message = `loss ${event.loss.toFixed(3)}`;
        yield { type: "progress", done: (share * event.step) / steps, message };
      } else await takeTurn();
    }
    return curve;
  };
