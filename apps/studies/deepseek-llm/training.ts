import type { RunEvent } from "@deepgrain/lab";
import { CausalLM, evaluate, type LabelledBatch, parseConfig } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import { trainStep } from "@deepgrain/trainer";
import { trainingBatch } from "./corpus";
import { type SweepSettings, type TrainingShape, VOCABULARY } from "./recipe";

/** Everything that a training needs besides its shape. */
export interface TrainingSetup {
  settings: SweepSettings;
  seed: number;
  text: Uint8Array;
  validation: readonly LabelledBatch[];
  signal: AbortSignal;
}

/** Heads of about 16, so that each has an even width. */
function headsOf(width: number): number {
  let heads = Math.max(1, Math.floor(width / 16));
  while (width % (2 * heads) !== 0) heads--;
  return heads;
}

/** A Llama decoder with feed-forward networks of 8d²: M is then the paper's 72·L·d² + 12·L·d·S. */
function createModel(width: number, { layers, sequenceLength }: SweepSettings): CausalLM {
  return new CausalLM(
    parseConfig({
      model_type: "llama",
      vocab_size: VOCABULARY,
      hidden_size: width,
      intermediate_size: Math.round((8 * width) / 3),
      num_hidden_layers: layers,
      num_attention_heads: headsOf(width),
      max_position_embeddings: sequenceLength,
      // The paper's 0.006 at width 1280, kept in proportion to 1/√d.
      initializer_range: 0.006 * Math.sqrt(1280 / width),
      tie_word_embeddings: false,
    }),
  );
}

/** A training that can be measured, reset, and continued with another schedule. */
export function startTraining({ width, batch }: TrainingShape, setup: TrainingSetup) {
  const { settings, seed, text, validation, signal } = setup;
  manualSeed(seed);
  const model = createModel(width, settings);
  const optimizer = new optim.AdamW(model.parameters(), { betas: [0.9, 0.95], weightDecay: 0.1 });
  const sizes = { batch, length: settings.sequenceLength, seed };
  let step = 0;
  /** Where it stands: weights, moments, and steps done. */
  const snapshot = async () => {
    const weights = await Promise.all(
      model.parameters().map(async (p) => Float32Array.from((await p.data()) as Float32Array)),
    );
    return { step, weights, optimizer: await optimizer.state() };
  };
  return {
    snapshot,
    /** Trains up to a step, at the rates of a schedule. @yields an event per step, with `done` of all steps */
    async *advance(
      to: number,
      rate: optim.Schedule,
      all = to,
    ): AsyncGenerator<RunEvent, void, void> {
      for (; step < to; step++) {
        signal.throwIfAborted();
        const bytes = trainingBatch(text, { ...sizes, step });
        const { loss } = await trainStep(optimizer, () => bytes, {
          loss: (one: LabelledBatch) => model.loss(one),
          lr: rate(step),
          step,
          module: model,
        });
        if (step % 16 === 0) await takeTurn();
        yield { type: "progress", done: (step + 1) / all, message: `loss ${loss.toFixed(3)}` };
      }
    },
    /** Held-out bits per byte. */
    measure: async () => (await evaluate(model, validation)).loss / Math.LN2,
    restore(saved: Awaited<ReturnType<typeof snapshot>>): void {
      step = saved.step;
      for (const [i, parameter] of model.parameters().entries()) parameter.set(saved.weights[i]!);
      optimizer.restore(saved.optimizer);
    },
    dispose(): void {
      optimizer.dispose();
      model.zeroGrad();
      model.dispose();
    },
  };
}

/** Steps of linear warm-up: 8 % of a training. */
export const warmupOf = (steps: number): number => Math.ceil(0.08 * steps);

/**
 * Trains a model with the multi-step schedule and measures it: AdamW (0.9, 0.95), decay 0.1, clipping at 1.
 *
 * @returns held-out bits per byte
 * @throws {TrainerError} when the loss is not finite; the signal's reason on abort
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 2.3
 */
export async function* trainRun(
  shape: TrainingShape,
  setup: TrainingSetup,
): AsyncGenerator<RunEvent, number, void> {
  const training = startTraining(shape, setup);
  try {
    const { steps, lr: peak } = shape;
    const rate = optim.multiStepSchedule({ peak, warmup: warmupOf(steps), total: steps });
    yield* training.advance(steps, rate);
    return await training.measure();
  } finally {
    training.dispose();
  }
}
