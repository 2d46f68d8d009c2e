import {
  type AttachedLora,
  type CausalLM,
  firstNotFinite,
  type LabelledBatch,
} from "@deepgrain/lm";
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
  lora?: AttachedLora | undefined;
  /** Where and how often to save. */
  checkpoint?: Omit<FitCheckpoint, "weights"> | undefined;
}

/**
 * The options of a training that are its own: those that `fit`, the batches and the checkpoints take are left out. `gradientAccumulation`
 * stays, because not every training has it.
 */
export function ownOptions<Config extends AlignConfig>({
  lora,
  checkpoint,
  batchSize,
  padTokenId,
  seed,
  steps,
  lr,
  optimizer,
  maxGradNorm,
  resume,
  afterStep,
  signal,
  ...own
}: Config) {
  return own;
}

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
    optimizer,
    maxGradNorm,
    gradientAccumulation,
    resume,
    afterStep,
    signal,
  };
}

/** The options of batches. */
export const batchOptions = ({
  batchSize,
  padTokenId,
  seed,
}: AlignConfig): PreferenceBatchesOptions => ({
  batchSize,
  padTokenId,
  seed,
});
