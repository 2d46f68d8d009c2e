import { TinyDecoder } from "@deepgrain/bench/workloads";
import type { RunEvent } from "@deepgrain/lab";
import { type BalanceTracker, trackBalance } from "@deepgrain/moe";
import { Generator } from "@deepgrain/tensor-gpu";
import { type FitEvent, fit } from "@deepgrain/trainer";
import { type Learner, runProgress, runTraining } from "../shared/training/run-training";
import { type Domain, type TokenBatch, tokenFrequencies, trainingBatch } from "./corpus";
import { countModel } from "./count-model";
import { batchLoss, meanLoss, measureModel } from "./measure-model";
import { type ComparisonSettings, rateOf } from "./recipe";
import type { TrainingResult } from "./training-result";
import type { Variant } from "./variants";

/** Everything a training needs besides the variant and the seed. */
export interface TrainingSetup {
  settings: ComparisonSettings;
  domains: readonly Domain[];
  /** Held-out batches; the first quarter of them makes the loss curve. */
  validation: readonly TokenBatch[];
  signal: AbortSignal;
}

/**
 * A new model. Attention and embeddings depend on the seed alone, so that at one seed they start the same in all
 * variants; feed-forward networks come from a stream of their own.
 */
export function createModel(
  variant: Variant,
  seed: number,
  { settings, domains }: Pick<TrainingSetup, "settings" | "domains">,
): TinyDecoder {
  const { hiddenSize, innerSize, experts, layers, alpha } = settings;
  // The paper's 0.006 at width 1280, kept in proportion to 1/√d.
  const initStd = 0.006 * Math.sqrt(1280 / hiddenSize);
  const [frame, inner] = [new Generator(2 * seed), new Generator(2 * seed + 1)];
  const sizes = { hiddenSize, innerSize, experts, initStd, generator: inner };
  const frequencies = tokenFrequencies(domains, settings.vocabulary);
  const feedForwards = Array.from({ length: layers }, () =>
    variant.layer({ ...sizes, auxLossAlpha: alpha, seqAux: false }, frequencies),
  );
  return new TinyDecoder(settings, { std: initStd, generator: frame }, feedForwards);
}

/**
 * Trains one variant at one seed and measures it: AdamW (0.9, 0.95), decay 0.1, clipping at 1, warm-up over 8 % of the
 * steps, then ×0.316 at 80 % and 90 %, as the paper's runs.
 *
 * @yields an event per step, with its training loss
 * @throws {TrainerError} when the loss is not finite; the signal's reason on abort
 * @see DeepSeekMoE (Dai et al. 2024), section 4.1.3
 */
export async function* trainVariant(
  variant: Variant,
  seed: number,
  setup: TrainingSetup,
): AsyncGenerator<RunEvent, TrainingResult, void> {
  const { settings, domains, validation, signal } = setup;
  const { steps, curvePoints } = settings;
  const model = createModel(variant, seed, setup);
  const balance = trackBalance(model.feedForwards);
  try {
    const curve = yield* runTraining({
      model: learnerOf(model, balance, variant),
      data: {
        training: {
          batch: (position) => trainingBatch(domains, settings, { seed, step: position + 1 }),
        },
        heldOut: validation.slice(0, Math.ceil(validation.length / 4)),
      },
      recipe: {
        steps,
        lr: rateOf(variant.id, settings),
        warmup: Math.ceil(0.08 * steps),
        schedule: "steps",
        evaluateEvery: Math.max(1, Math.floor(steps / curvePoints)),
        measuresStart: true,
      },
      report: runProgress(1),
      signal,
    });
    const { isProbed = false, hasDomainLoads } = variant;
    const parts = hasDomainLoads ? { domains: domains.length } : {};
    const measured = await measureModel(model, validation, { isProbed, signal, ...parts });
    return { ...countModel(model, settings), ...measured, curve };
  } finally {
    balance.dispose();
    model.dispose();
  }
}

/** How the decoders are trained, their balancing biases moved after each step, and measured. */
const learnerOf = (
  model: TinyDecoder,
  balance: BalanceTracker,
  { biasUpdate }: Variant,
): Learner<TokenBatch, FitEvent> => ({
  train: (data, { evaluation, ...settings }) =>
    fit<TokenBatch>(model, {
      data,
      loss: (batch) => batchLoss(model, batch),
      ...settings,
      optimizer: { betas: [0.9, 0.95], weightDecay: 0.1 },
      evaluation: {
        everySteps: evaluation!.everySteps,
        measure: () => meanLoss(model, evaluation!.batches, settings),
      },
      afterStep() {
        if (biasUpdate) balance.updateBiases(biasUpdate);
      },
    }),
  measure: (batches, signal) => meanLoss(model, batches, { signal }),
});
