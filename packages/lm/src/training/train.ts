import type { BiasUpdate } from "@deepgrain/moe";
import { optim, tidy } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { LabelledBatch, TrainingData } from "./batches";
import { saveCheckpoint } from "./checkpoint";
import { evaluate, forwardOptions } from "./evaluate";
import { prepareCheckpoints, restoreNewest, type SkippedCheckpoint } from "./resume";

export interface TrainConfig {
  /** Optimiser steps in all. */
  steps: number;
  /** Learning rate by step, counted from 0, or one rate. */
  schedule: optim.Schedule | number;
  /** Default: betas [0.9, 0.95], eps 1e-8, weight decay 0.1, as DeepSeek's runs. */
  optimizer?: optim.AdamWOptions;
  /** Joint gradient norm above which gradients are scaled down. Default 1; Infinity for never. */
  maxGradNorm?: number;
  /** Batches summed into one step. Default 1. */
  gradientAccumulation?: number;
  /** Weights without decay, by name. Default: none, every tensor decays as in the papers' code. */
  noDecay?: (name: string) => boolean;
  /** Held-out batches, and every how many steps to look at them (and at the end). */
  evaluation?: { batches: readonly LabelledBatch[]; everySteps: number };
  /** Where and how often to save, and how many checkpoints to keep (default 2). Saved at the end and on abort too. */
  checkpoint?: { folder: string; everySteps: number; keep?: number };
  /** Go on from the newest whole checkpoint of that folder, if there is one. Default false: the folder must hold none. */
  resume?: boolean;
  /** How `noaux_tc` routers that are trained move their biases after each step. Default: the sign rule with speed 0.001. */
  biasUpdate?: BiasUpdate;
  /** Called after each optimiser step, for what a method updates outside the gradient. */
  afterStep?: (step: number) => void;
  /** Aborting saves a checkpoint (where configured) and throws the signal's reason. */
  signal?: AbortSignal;
}

/** What training reports. Steps count from 1: the number of steps done. */
export type TrainEvent =
  | { type: "train-start"; step: number; steps: number; trainedParameters: number }
  | {
      type: "step-end";
      step: number;
      /** Mean cross-entropy of the step's batches, balance losses left out. */
      loss: number;
      /** Balance losses of all expert layers, in the last of the step's batches; 0 without any. */
      auxLoss: number;
      lr: number;
      /** Joint norm of the gradients before clipping. */
      gradNorm: number;
      /** Tokens read in this step. */
      tokens: number;
    }
  | { type: "eval-end"; step: number; loss: number }
  | { type: "checkpoint-end"; step: number; path: string }
  | SkippedCheckpoint
  | { type: "train-end"; step: number };

const DEEPSEEK_ADAMW: optim.AdamWOptions = { betas: [0.9, 0.95], eps: 1e-8, weightDecay: 0.1 };

function makeOptimizer(model: CausalLM, { optimizer, noDecay }: TrainConfig): optim.AdamW {
  const named = [...model.namedParameters()];
  if (named.length === 0)
    throw new LmError(
      "ERR_RANGE",
      "lm/train: no weight of the model is trained; call requireGrad() on some",
    );
  const isPlain = ([name]: [string, unknown]) => !noDecay?.(name);
  const groups = [
    { params: named.filter(isPlain).map(([, p]) => p) },
    { params: named.filter((entry) => !isPlain(entry)).map(([, p]) => p), weightDecay: 0 },
  ];
  return new optim.AdamW(
    groups.filter(({ params }) => params.length > 0),
    { ...DEEPSEEK_ADAMW, ...optimizer },
  );
}

/** Sums the gradients of one step's batches. Returns the mean loss and the tokens read. */
async function accumulate(
  model: CausalLM,
  data: TrainingData,
  step: number,
  count: number,
): Promise<{ loss: number; tokens: number }> {
  let [loss, tokens] = [0, 0];
  for (let i = 0; i < count; i++) {
    const batch = await data.batch(step * count + i);
    const value = tidy(() => {
      const options = batch.labels
        ? { ...forwardOptions(batch), labels: batch.labels }
        : forwardOptions(batch);
      const out = model.loss(batch, options);
      (count === 1 ? out : out.mul(1 / count)).backward();
      return out.detach();
    });
    loss += (await value.item()) / count;
    tokens += batch.ids.length;
    value.dispose();
  }
  return { loss, tokens };
}

/** The balance losses that the expert layers attached in the last forward pass. */
async function balanceLoss(model: CausalLM): Promise<number> {
  let total = 0;
  for (const { lastAuxLoss } of model.moeLayers.values()) total += (await lastAuxLoss?.item()) ?? 0;
  return total;
}

/** Moves the balancing biases; that of a frozen router is frozen with it. */
function updateBiases(model: CausalLM, options: BiasUpdate | undefined): void {
  for (const layer of model.moeLayers.values()) {
    if (!layer.gate.eScoreCorrectionBias) continue;
    if (layer.gate.weight.requiresGrad) layer.updateBias(options);
    else layer.resetLoad();
  }
}

function assertFinite(loss: number, step: number): void {
  if (!Number.isFinite(loss))
    throw new LmError(
      "ERR_RANGE",
      `lm/train: the loss of step ${step + 1} is ${loss}; lower the learning rate or look at the data of this step`,
      { step: step + 1, loss },
    );
}

/**
 * Trains a model: AdamW over the weights that want gradients, clipping, a schedule, evaluation and checkpoints.
 * A resumed run continues to the result the undisturbed run would have reached, on the same number of threads.
 *
 * @param data batches by position; step s reads positions s·accumulation …
 * @yields small events; the caller draws
 * @throws {LmError} `ERR_RANGE` for a loss that is not finite or nothing to train; `ERR_STATE` for checkpoints of an earlier
 *   run without `resume`; `ERR_FORMAT` when all checkpoints are damaged; `ERR_IO`; the signal's reason on abort
 */
export async function* train(
  model: CausalLM,
  data: TrainingData,
  config: TrainConfig,
): AsyncGenerator<TrainEvent, void> {
  const {
    steps,
    schedule,
    maxGradNorm = 1,
    gradientAccumulation = 1,
    evaluation,
    checkpoint,
    signal,
  } = config;
  const optimizer = makeOptimizer(model, config);
  const rate = typeof schedule === "number" ? () => schedule : schedule;
  const save = async (step: number): Promise<TrainEvent> => ({
    type: "checkpoint-end",
    step,
    path: await saveCheckpoint(checkpoint!.folder, step, model, optimizer, checkpoint),
  });
  let step = 0;
  let saved = -1;
  try {
    if (checkpoint) {
      await prepareCheckpoints(checkpoint.folder, config.resume === true);
      if (config.resume) step = yield* restoreNewest(checkpoint.folder, model, optimizer);
      if (step > 0) saved = step;
    }
    model.train();
    for (const layer of model.moeLayers.values()) layer.auxLossScale = 1 / gradientAccumulation;
    yield {
      type: "train-start",
      step,
      steps,
      trainedParameters: optimizer.parameters.reduce((n, p) => n + p.size, 0),
    };
    while (step < steps) {
      if (signal?.aborted && checkpoint && saved !== step) yield await save(step);
      signal?.throwIfAborted();
      const { loss, tokens } = await accumulate(model, data, step, gradientAccumulation);
      assertFinite(loss, step);
      const lr = rate(step);
      const norm = optimizer.step({ lr, maxGradNorm })!;
      optimizer.zeroGrad();
      updateBiases(model, config.biasUpdate);
      config.afterStep?.(step + 1);
      const gradNorm = await norm.item();
      norm.dispose();
      step++;
      yield {
        type: "step-end",
        step,
        loss,
        auxLoss: await balanceLoss(model),
        lr,
        gradNorm,
        tokens,
      };
      const isLast = step === steps;
      if (evaluation && (isLast || step % evaluation.everySteps === 0))
        yield { type: "eval-end", step, loss: (await evaluate(model, evaluation.batches)).loss };
      if (checkpoint && (isLast || step % checkpoint.everySteps === 0)) {
        yield await save(step);
        saved = step;
      }
    }
    yield { type: "train-end", step };
  } finally {
    optimizer.dispose();
    model.zeroGrad();
  }
}
