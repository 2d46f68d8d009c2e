import { type BiasUpdate, trackBalance } from "@deepgrain/moe";
import { type nn, optim } from "@deepgrain/tensor-gpu";
import {
  type FitCheckpoint,
  fit,
  type SkippedCheckpoint,
  type TrainingData as TrainerData,
} from "@deepgrain/trainer";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { countTargets } from "../model/positions";
import type { LabelledBatch } from "../model/token-batch";
import { evaluate } from "./evaluate";
import { firstNotFinite } from "./first-not-finite";
import { modelWeights } from "./model-weights";

/** Training data as a pure function of a position, so that a run can stop and continue anywhere. */
export type TrainingData = TrainerData<LabelledBatch>;

/** Options of `train`. */
export interface TrainConfig {
  /** Total number of optimiser steps. */
  steps: number;
  /** Learning rate by step, counted from 0, or one rate. Default 1e-3. */
  lr?: optim.Schedule | number | undefined;
  /** Default: betas [0.9, 0.95], eps 1e-8, weight decay 0.1, as in DeepSeek's runs. */
  optimizer?: optim.AdamWOptions | undefined;
  /** Joint gradient norm above which gradients are scaled down. Default 1; Infinity for never. */
  maxGradNorm?: number | undefined;
  /** Batches averaged into one step, each by the number of tokens it predicts. Default 1. */
  gradientAccumulation?: number | undefined;
  /** Weights without decay, by name. Default: none, every tensor decays as in the papers' code. */
  noDecay?: ((name: string) => boolean) | undefined;
  /** Keeps only the residual stream between blocks; see `CausalLM`. Default: the model's own setting. */
  gradientCheckpointing?: boolean | undefined;
  /** Held-out batches, and after how many steps each they are measured (and at the end). */
  evaluation?: { batches: readonly LabelledBatch[]; everySteps: number } | undefined;
  /** Where and how often to save, how many checkpoints to keep (default 2), and what to save besides the model. Saved at the end and on abort too. */
  checkpoint?: Omit<FitCheckpoint, "weights"> | undefined;
  /**
   * Continue from the newest complete checkpoint of that folder, if there is one. Default false: the folder must
   * contain none.
   */
  resume?: boolean | undefined;
  /**
   * How `noaux_tc` routers that are trained move their biases after each step, or a function of the step, from 1.
   * Default: the sign rule with speed 0.001.
   */
  biasUpdate?: BiasUpdate | ((step: number) => BiasUpdate) | undefined;
  /** Called after each optimiser step, for updates outside the gradient. */
  afterStep?: ((step: number) => void) | undefined;
  /** Aborting saves a checkpoint (where configured) and throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

const NAMES: readonly (keyof TrainConfig)[] = [
  "steps",
  "lr",
  "optimizer",
  "maxGradNorm",
  "gradientAccumulation",
  "noDecay",
  "gradientCheckpointing",
  "evaluation",
  "checkpoint",
  "resume",
  "biasUpdate",
  "afterStep",
  "signal",
];

/** An event of training. Steps count from 1: the number of steps done. */
export type TrainEvent =
  | { type: "train-start"; step: number; steps: number; trainedParameters: number }
  | {
      type: "step-end";
      step: number;
      /** Mean cross-entropy per predicted token of the step, without balance losses; 0 if no token is predicted. */
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

/** AdamW over two groups: with decay and, for weights that `noDecay` selects, without. */
const createAdamW =
  ({ optimizer, noDecay }: Pick<TrainConfig, "optimizer" | "noDecay">) =>
  (named: readonly nn.NamedTensor[]): optim.AdamW => {
    const isPlain = ([name]: nn.NamedTensor) => !noDecay?.(name);
    const groups = [
      { params: named.filter(isPlain).map(([, p]) => p) },
      { params: named.filter((entry) => !isPlain(entry)).map(([, p]) => p), weightDecay: 0 },
    ];
    return new optim.AdamW(
      groups.filter(({ params }) => params.length > 0),
      { ...DEEPSEEK_ADAMW, ...optimizer },
    );
  };

/**
 * Trains a model: AdamW over the weights that require gradients, clipping, a schedule, evaluation and checkpoints; the
 * mixture's balance losses are part of the gradient, its biases move after each step. A resumed run reaches the same
 * result as an uninterrupted run, on the same number of threads.
 *
 * @param data batches by position; step s reads positions s·gradientAccumulation …
 * @yields small events for the caller to display
 * @throws {TrainerError} as `fit` of `@deepgrain/trainer`: a loss that is not finite, nothing to train, checkpoints of an
 *   earlier run without `resume`, damaged ones, a full disk; the signal's reason on abort
 */
export async function* train(
  model: CausalLM,
  data: TrainingData,
  config: TrainConfig,
): AsyncGenerator<TrainEvent, void> {
  const {
    steps,
    lr,
    optimizer,
    maxGradNorm,
    gradientAccumulation = 1,
    noDecay,
    gradientCheckpointing = model?.gradientCheckpointing,
    evaluation,
    checkpoint,
    resume,
    biasUpdate,
    afterStep,
    signal,
    ...rest
  } = optionsOf("train", config);
  refuseUnknown("train", rest, NAMES);
  having("train", "model", model, "loss", "moeLayers");
  let tokens = 0;
  const wasCheckpointing = model.gradientCheckpointing;
  model.gradientCheckpointing = gradientCheckpointing;
  const balance = trackBalance(model.moeLayers.values());
  const events = fit<LabelledBatch>(model, {
    data,
    loss(batch) {
      tokens += batch.ids.length;
      return model.loss(batch, { auxLossScale: 1 / gradientAccumulation });
    },
    weigh: countTargets,
    explain: (batch) => firstNotFinite(model, batch),
    steps,
    lr,
    optimizer: createAdamW({ optimizer, noDecay }),
    maxGradNorm,
    gradientAccumulation,
    evaluation: evaluation && {
      everySteps: evaluation.everySteps,
      measure: async () => (await evaluate(model, evaluation.batches)).loss,
    },
    checkpoint: checkpoint && { ...checkpoint, weights: modelWeights(model) },
    resume,
    afterStep(step) {
      balance.updateBiases(typeof biasUpdate === "function" ? biasUpdate(step) : biasUpdate);
      return afterStep?.(step);
    },
    signal,
  });
  try {
    for await (const event of events) {
      if (event.type === "step-end") {
        const { step, loss, lr, gradNorm } = event;
        const auxLoss = await balance.auxLoss();
        yield { type: "step-end", step, loss, auxLoss, lr, gradNorm, tokens };
        tokens = 0;
      } else if (event.type === "eval-end") {
        yield { type: "eval-end", step: event.step, loss: event.loss };
      } else yield event;
    }
  } finally {
    model.gradientCheckpointing = wasCheckpointing;
    balance.dispose();
  }
}
