/** @file Trains on preference pairs by a loss that needs no reference. */
import { type CausalLM, modelWeights } from "@deepgrain/lm";
import type { Tensor } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit } from "@deepgrain/trainer";
import type { EncodedPair } from "../data/encode";
import { type PreferenceBatch, preferenceBatches } from "../data/preference-batches";
import { logpsOf } from "../logps";
import type { PairLengths, PairLogps } from "../losses/per-token";
import { type AlignConfig, batchOptions, fitOptions, passOptions } from "./config";
import { evaluatePairs } from "./evaluate-pairs";
import { halves } from "./preference-step";

/** Options of trainings on pairs without a reference. */
export interface PairConfig extends AlignConfig {
  /** Held-out pairs, and the number of steps between evaluations (there is also one at the end). */
  evaluation?: { everySteps: number; pairs: readonly EncodedPair[] } | undefined;
}

/** A loss of n pairs, and the scalars that events report. */
type PairLoss = (
  policy: PairLogps,
  lengths: PairLengths,
) => { loss: Tensor; scalars: Record<string, Tensor> };

/** The shares and means that events report of rewards per pair. */
export function rewardScalars(chosen: Tensor, rejected: Tensor): Record<string, Tensor> {
  const margins = chosen.sub(rejected);
  return {
    accuracy: margins.gt(0).sum().div(margins.size),
    margin: margins.mean(),
    chosenReward: chosen.mean(),
    rejectedReward: rejected.mean(),
  };
}

/** Trains on pairs; see {@link dpo} for the events. */
export async function* trainOnPairs(
  model: CausalLM,
  pairs: readonly EncodedPair[],
  config: PairConfig,
  lossOf: PairLoss,
): AsyncGenerator<FitEvent, void> {
  const { lora, checkpoint, evaluation, signal } = config;
  const step = (batch: PreferenceBatch) => {
    const count = batch.pairs.length;
    const { sums, counts } = logpsOf(model.forward(batch, passOptions(config)), batch);
    const lengths = { chosen: counts.subarray(0, count), rejected: counts.subarray(count) };
    return lossOf(halves(sums, count), lengths);
  };
  yield* fit<PreferenceBatch>(model, {
    ...fitOptions(model, config),
    data: preferenceBatches(pairs, batchOptions(config)),
    loss: step,
    evaluation: evaluation && {
      everySteps: evaluation.everySteps,
      measure: () =>
        evaluatePairs(model, evaluation.pairs, step, { ...batchOptions(config), signal }),
    },
    checkpoint: checkpoint && {
      ...checkpoint,
      weights: lora?.checkpointPart ?? modelWeights(model),
    },
  });
}
