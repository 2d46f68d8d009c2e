import { FedError, type FitTask, type LocalTrain, tensorChecksum } from "@deepgrain/fedlt";
import { fromNamed, toNamed } from "@deepgrain/fedlt/models";
import {
  CausalLM,
  modelWeights,
  packSequences,
  parseConfig,
  type TrainingData,
} from "@deepgrain/lm";
import { trackBalance } from "@deepgrain/moe";
import { optim } from "@deepgrain/tensor-gpu";
import {
  type CheckpointContents,
  jsonPart,
  listCheckpoints,
  restoreCheckpoint,
  saveCheckpoint,
  trainStep,
} from "@deepgrain/trainer";
import { z } from "zod";

/** The settings that a worker receives with each task. */
const localStepsSchema = z.object({
  /** H, steps per round. */
  innerSteps: z.int().min(1),
  /** Total number of steps: the end of the schedule. */
  steps: z.int().min(1),
  /** Steps of plain training before the first round. */
  warmSteps: z.int().min(0),
  batchSize: z.int().min(1),
  sequenceLength: z.int().min(2),
  /** Peak rate; it falls to a tenth by half a cosine. */
  lr: z.number(),
  warmup: z.int(),
  seed: z.int(),
  /** Index of this worker's part of the tokens, and the number of parts. */
  share: z.int(),
  shares: z.int().min(1),
  /** Of the tokenizer's file. */
  tokenizer: z.string(),
  /** config.json of the model. */
  model: z.looseObject({ model_type: z.string() }),
});

export type LocalSteps = z.infer<typeof localStepsSchema>;

/** DeepSeek's settings, as `train` of lm has them. */
const ADAMW: optim.AdamWOptions = { betas: [0.9, 0.95], eps: 1e-8, weightDecay: 0.1 };

/** The rate of every step. */
export const scheduleOf = ({ lr: peak, warmup, steps: total }: LocalSteps): optim.Schedule =>
  optim.cosineSchedule({ peak, warmup, total, floor: peak / 10 });

/** Every `shares`-th block of the tokens, so that all shares have the same mix of text. */
function everyNth(tokens: Int32Array, block: number, share: number, shares: number): Int32Array {
  if (shares === 1) return tokens;
  const blocks = Math.floor(tokens.length / block / shares);
  const own = new Int32Array(blocks * block);
  for (let i = 0; i < blocks; i++) {
    const from = (i * shares + share) * block;
    own.set(tokens.subarray(from, from + block), i * block);
  }
  return own;
}

/** Batches of one share of the tokens, by position. @throws {LmError} when the share contains no block */
export function shareOf(
  tokens: Int32Array,
  { share, shares, sequenceLength: blockLength, batchSize, seed }: LocalSteps,
): TrainingData {
  const own = everyNth(tokens, blockLength, share, shares);
  return packSequences(own, { blockLength, batchSize, seed });
}

/** A worker's data, and the state that it keeps between rounds. */
export interface LocalStepsOptions {
  /** All of its text. */
  tokens: Int32Array;
  /** Of the tokenizer's file. */
  tokenizer: string;
  /** Folder of the optimiser's state after each round. */
  folder: string;
}

/** @throws {FedError} `ERR_DATA` when the worker's text was read with another tokenizer */
function readTask(config: unknown, { tokenizer }: LocalStepsOptions): LocalSteps {
  const settings = localStepsSchema.parse(config);
  if (settings.tokenizer === tokenizer) return settings;
  throw new FedError("ERR_DATA", "fed lm: this worker has another tokenizer than the coordinator");
}

/** A model in training, and the part of its state that is kept between rounds. */
interface Worker {
  model: CausalLM;
  optimizer: optim.AdamW;
  folder: string;
  /** Of the weights that this round started from. */
  received: string;
}

/** The contents of a checkpoint; `startedFrom` identifies the task that it belongs to. */
function contentsOf({ model, optimizer, received }: Worker) {
  const mark = { startedFrom: received };
  const part = jsonPart(
    () => mark.startedFrom,
    (value) => {
      mark.startedFrom = z.string().parse(value);
    },
  );
  const contents: CheckpointContents = {
    weights: modelWeights(model),
    optimizer,
    parts: { task: part },
  };
  return { contents, mark };
}

/** Restores the resulting weights of an earlier attempt at this task. @returns whether there was one */
async function restoreAnswer(worker: Worker, step: number): Promise<boolean> {
  const found = (await listCheckpoints(worker.folder)).find((one) => one.step === step);
  if (!found) return false;
  const { contents, mark } = contentsOf(worker);
  await restoreCheckpoint(found.path, contents);
  return mark.startedFrom === worker.received;
}

/** Gives the optimiser the moments of the last round that this worker took part in. */
async function restoreMoments(worker: Worker, first: number): Promise<void> {
  const found = (await listCheckpoints(worker.folder)).find(({ step }) => step <= first);
  if (!found) return;
  const { contents } = contentsOf(worker);
  const weights = { ...contents.weights, restore: async () => undefined };
  await restoreCheckpoint(found.path, { ...contents, weights });
}

/** H steps from the received weights. @returns the mean loss */
async function takeSteps(
  worker: Worker,
  { params, round }: FitTask,
  settings: LocalSteps,
  data: TrainingData,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { model, optimizer, folder } = worker;
  const { innerSteps, warmSteps } = settings;
  const first = warmSteps + round * innerSteps;
  await restoreMoments(worker, first);
  fromNamed(model, params);
  model.train();
  const rate = scheduleOf(settings);
  const balance = trackBalance(model.moeLayers.values());
  let sum = 0;
  try {
    for (let step = first; step < first + innerSteps; step++) {
      signal?.throwIfAborted();
      const { loss } = await trainStep(optimizer, () => data.batch(step), {
        loss: (batch) => model.loss(batch),
        lr: rate(step),
        step,
        module: model,
      });
      balance.updateBiases();
      sum += loss;
    }
  } finally {
    balance.dispose();
  }
  await saveCheckpoint(folder, first + innerSteps, contentsOf(worker).contents);
  return sum / innerSteps;
}

/**
 * A worker's part of DiLoCo: H steps of AdamW from the received weights, whose moments the worker keeps from round to round
 * in a folder. A worker that was killed continues with them, and a repeated task gets the same answer.
 *
 * @throws {FedError} when called: `ERR_DATA` for another tokenizer; {TrainerError} for a loss that is not finite
 * @see Douillard et al. 2023, algorithm 1
 */
export function localSteps(options: LocalStepsOptions): LocalTrain {
  const { tokens, folder } = options;
  let built: { key: string; model: CausalLM } | undefined;
  const modelOf = (config: LocalSteps["model"]): CausalLM => {
    const key = JSON.stringify(config);
    if (built?.key !== key) {
      built?.model.dispose();
      built = { key, model: new CausalLM(parseConfig(config)) };
    }
    return built.model;
  };
  return async (task, { signal }) => {
    const settings = readTask(task.config, options);
    const model = modelOf(settings.model);
    const optimizer = new optim.AdamW([...model.parameters()], ADAMW);
    const worker = { model, optimizer, folder, received: tensorChecksum(task.params) };
    try {
      const metrics: Record<string, number> = {};
      const last = settings.warmSteps + (task.round + 1) * settings.innerSteps;
      if (!(await restoreAnswer(worker, last)))
        metrics.loss = await takeSteps(worker, task, settings, shareOf(tokens, settings), signal);
      const numSamples = settings.innerSteps * settings.batchSize;
      return { params: await toNamed(model), numSamples, metrics };
    } finally {
      optimizer.dispose();
      model.zeroGrad();
    }
  };
}
