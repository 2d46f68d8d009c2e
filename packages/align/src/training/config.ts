import {
  type AttachedLora,
  type CausalLM,
  firstNotFinite,
  type LabelledBatch,
} from "@deepgrain/lm";
import type { OptionNames } from "@deepgrain/support";
import type { FitCheckpoint, FitConfig } from "@deepgrain/trainer";
import type { PreferenceBatchesOptions } from "../data/preference-batches";

/** Options of all trainings in this package; most are passed unchanged to `fit` of `@deepgrain/trainer`. */
export interface AlignConfig
  extends PreferenceBatchesOptions,
    Pick<
      FitConfig<unknown>,
      | "steps"
      | "lr"
      | "optimizer"
      | "maxGradNorm"
      | "gradientAccumulation"
      | "resume"
      | "afterStep"
      | "signal"
    > {
  /** The adapter that is trained, from `attachLora` of `@deepgrain/lm`; checkpoints hold it. */
  lora?: AttachedLora;
  /** Where and how often to save. */
  checkpoint?: Omit<FitCheckpoint, "weights">;
}

export const alignConfigNames: OptionNames<AlignConfig> = {
  lora: true,
  checkpoint: true,
  batchSize: true,
  padTokenId: true,
  seed: true,
  steps: true,
  lr: true,
  optimizer: true,
  maxGradNorm: true,
  gradientAccumulation: true,
  resume: true,
  afterStep: true,
  signal: true,
};

/** Options of a training's forward passes: balance losses are averaged over a step's batches like the loss. */
export const passOptions = ({
  gradientAccumulation = 1,
}: Pick<AlignConfig, "gradientAccumulation">) => ({
  auxLossScale: 1 / gradientAccumulation,
});

/** The options that are passed unchanged to `fit`. */
export function fitOptions(model: CausalLM, config: AlignConfig) {
  const { steps, lr, optimizer, maxGradNorm, gradientAccumulation, resume, afterStep, signal } =
    config;
  return {
    explain: (batch: LabelledBatch) => firstNotFinite(model, batch),
    steps,
    lr,
    ...(optimizer && { optimizer }),
    ...(maxGradNorm !== undefined && { maxGradNorm }),
    ...(gradientAccumulation !== undefined && { gradientAccumulation }),
    ...(resume !== undefined && { resume }),
    ...(afterStep && { afterStep }),
    ...(signal && { signal }),
  };
}

/** The options of batches. */
export const batchOptions = ({
  batchSize,
  padTokenId,
  seed,
}: AlignConfig): PreferenceBatchesOptions => ({
  ...(batchSize !== undefined && { batchSize }),
  ...(padTokenId !== undefined && { padTokenId }),
  ...(seed !== undefined && { seed }),
});
