import { type CausalLM, causalTargets, type ModelHooks } from "@deepgrain/lm";
import { crossEntropy, Generator, nn, optim, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { type FitCheckpoint, type FitEvent, fit } from "@deepgrain/trainer";
import { having, optionsOf, refuseUnknown } from "../errors";
import { type BlockBatch, blockBatch } from "./block-task";
import type { TinyRecipe } from "./tiny-recipe";

/** Options of {@link trainTinyModel}. */
export interface TrainTinyOptions {
  /** Seed of the batches, an integer of at least 0. Default: the recipe's. */
  seed?: number | undefined;
  /** Where to save during training, and how often. */
  checkpoint?: FitCheckpoint | undefined;
  /** Continue from the newest checkpoint. Default false. */
  resume?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

const probedLayer = 1; // the state that enters the third block

/** The model with a head that predicts a block's topic; the head is only used to train the first blocks. */
class ProbedModel extends nn.Module {
  probe: nn.Linear;

  constructor(
    readonly model: CausalLM,
    topics: number,
    seed: number,
  ) {
    super();
    const { hiddenSize } = model.config;
    this.probe = new nn.Linear(hiddenSize, topics);
    const generator = new Generator(seed);
    const bound = 1 / Math.sqrt(hiddenSize);
    for (const [, weight] of this.probe.namedTensors())
      weight.uniform_({ low: -bound, high: bound, generator });
  }

  loss(batch: BlockBatch, probeWeight: number): Tensor {
    let state: Tensor | undefined;
    const hooks: ModelHooks = {
      residual(x, { layer }) {
        if (layer === probedLayer) state = x;
        return undefined;
      },
    };
    const { positions } = batch;
    const hidden = this.model.hiddenStates(batch, { positions, hooks });
    const targets = causalTargets(batch, batch.labels, undefined);
    const main = crossEntropy(this.model.head(hidden), targets);
    if (probeWeight === 0) return main;
    const topics = tensor(batch.topics, { shape: [batch.batch, batch.length] });
    return main.add(crossEntropy(this.probe.forward(state!), topics).mul(probeWeight));
  }
}

/**
 * Trains a tiny model to learn in context. The loss is the cross-entropy of the label at every separator whose label
 * occurred before, and in the first 60 % of the steps also a decreasing share of a topic probe's loss. AdamW, 3e-3,
 * betas 0.9 and 0.99, decay 0.01, 100 steps of warm-up, cosine to a tenth, gradient norm 1.
 *
 * @param model from `createTinyModel`; trained in place
 * @yields the events of `fit` of `@deepgrain/trainer`
 * @throws {TrainerError} as `fit`; the signal's reason on abort
 */
export async function* trainTinyModel(
  model: CausalLM,
  recipe: TinyRecipe,
  options: TrainTinyOptions = {},
): AsyncGenerator<FitEvent, void> {
  const {
    seed: wanted,
    checkpoint,
    resume,
    signal,
    ...rest
  } = optionsOf("trainTinyModel", options);
  refuseUnknown("trainTinyModel", rest);
  having("trainTinyModel", "model", model, "config");
  having("trainTinyModel", "recipe", recipe, "steps", "batch", "task");
  const { steps, batch, task } = recipe;
  const seed = wanted ?? recipe.seed;
  yield* trainProbed(model, {
    topics: task.topics,
    batchAt: (position) => blockBatch(task, { batch, seed: [seed, position] }),
    steps,
    seed,
    checkpoint,
    resume,
    signal,
  });
}

/** The data of {@link trainProbed}. */
interface ProbedTraining extends Omit<TrainTinyOptions, "seed"> {
  /** Number of classes of the probe. */
  topics: number;
  batchAt(position: number): BlockBatch;
  steps: number;
  seed: number;
}

/** Trains a model on batches of labelled blocks, as {@link trainTinyModel} says. */
export async function* trainProbed(
  model: CausalLM,
  { topics, batchAt, steps, seed, checkpoint, resume, signal }: ProbedTraining,
): AsyncGenerator<FitEvent, void> {
  const probed = new ProbedModel(model, topics, seed);
  const peak = 3e-3;
  try {
    yield* fit<BlockBatch>(probed, {
      data: { batch: batchAt },
      loss: (rows, step) => probed.loss(rows, Math.max(0, 1 - step / (0.6 * steps))),
      steps,
      lr: optim.cosineSchedule({ peak, warmup: 100, total: steps, floor: peak / 10 }),
      optimizer: { betas: [0.9, 0.99], weightDecay: 0.01 },
      maxGradNorm: 1,
      checkpoint,
      resume,
      signal,
    });
  } finally {
    probed.probe.dispose();
  }
}
