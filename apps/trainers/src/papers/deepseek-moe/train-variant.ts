import { TinyDecoder } from "@deepgrain/bench/workloads";
import type { RunEvent } from "@deepgrain/lab";
import { trackBalance } from "@deepgrain/moe";
import { Generator, optim } from "@deepgrain/tensor-gpu";
import { trainStep } from "@deepgrain/trainer";
import { type ByteBatch, byteFrequencies, type Domain, trainingBatch } from "./corpus";
import { countModel } from "./count-model";
import { batchLoss, meanLoss, measureModel } from "./measure-model";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";
import type { Variant } from "./variants";

/** Everything a training needs besides the variant and the seed. */
export interface TrainingSetup {
  settings: ComparisonSettings;
  domains: readonly Domain[];
  /** Held-out batches; the first quarter of them makes the loss curve. */
  validation: readonly ByteBatch[];
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
  const { hiddenSize, innerSize, experts, layers } = settings;
  // The paper's 0.006 at width 1280, kept in proportion to 1/√d.
  const initStd = 0.006 * Math.sqrt(1280 / hiddenSize);
  const [frame, inner] = [new Generator(2 * seed), new Generator(2 * seed + 1)];
  const sizes = { hiddenSize, innerSize, experts, initStd, generator: inner };
  const frequencies = byteFrequencies(domains);
  const feedForwards = Array.from({ length: layers }, () =>
    variant.layer({ ...sizes, auxLossAlpha: 0.01, seqAux: false }, frequencies),
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
  const { steps, peakRate, curvePoints } = settings;
  const model = createModel(variant, seed, setup);
  const optimizer = new optim.AdamW(model.parameters(), { betas: [0.9, 0.95], weightDecay: 0.1 });
  const warmup = Math.ceil(0.08 * steps);
  const rate = optim.multiStepSchedule({ peak: peakRate, warmup, total: steps });
  const glance = validation.slice(0, Math.ceil(validation.length / 4));
  const balance = trackBalance(model.feedForwards);
  const every = Math.max(1, Math.floor(steps / curvePoints));
  try {
    const curve = [{ step: 0, loss: await meanLoss(model, glance, { signal }) }];
    for (let step = 1; step <= steps; step++) {
      signal.throwIfAborted();
      const batch = trainingBatch(domains, settings, { seed, step });
      const { loss } = await trainStep(optimizer, () => batch, {
        loss: (bytes) => batchLoss(model, bytes),
        lr: rate(step),
        step: step - 1,
        module: model,
      });
      if (variant.biasUpdate) balance.updateBiases(variant.biasUpdate);
      if (step % every === 0 || step === steps)
        curve.push({ step, loss: await meanLoss(model, glance, { signal }) });
      yield { type: "progress", done: step / steps, message: `loss ${loss.toFixed(3)}` };
    }
    const isProbed = variant.isProbed === true;
    const measured = await measureModel(model, validation, { isProbed, signal });
    return { ...countModel(model, settings), ...measured, curve };
  } finally {
    balance.dispose();
    optimizer.dispose();
    model.zeroGrad();
    model.dispose();
  }
}
