import { join } from "node:path";
import type { CliContext } from "@deepgrain/command-line/commands/context";
import {
  readTexts,
  tokenizerFile,
  tokenizerIn,
} from "@deepgrain/command-line/trainings/pretraining-texts";
import { trainValidationSplit } from "@deepgrain/datasets";
import { FedError } from "@deepgrain/fedlt";
import { type StepTraining, shareOfBlocks } from "@deepgrain/fedlt/rounds";
import {
  CausalLM,
  evaluate,
  type LabelledBatch,
  modelWeights,
  packSequences,
  parseConfig,
  type Tokenizer,
  type TrainingData,
  train,
} from "@deepgrain/lm";
import { trackBalance } from "@deepgrain/moe";
import {
  type Fingerprint,
  fingerprintFiles,
  fingerprintTexts,
} from "@deepgrain/studies/shared/fingerprint";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import { z } from "zod";

/** Text as tokens, for training and for evaluation. */
export interface LmData {
  tokenizer: Tokenizer;
  /** Of the tokenizer's file. */
  fingerprint: string;
  train: Int32Array;
  heldOut: Int32Array;
}

/** The texts of a training, and what is recorded about them. */
export interface LmTexts {
  train: readonly string[];
  validation: readonly string[];
  /** Fingerprints of the texts, and of a tokenizer that is given. */
  data: { texts: Fingerprint; tokenizer: Fingerprint | null };
}

/** Reads the texts, and writes nothing. @throws {UsageError} when there is none, or no such tokenizer */
export async function lmTexts(
  { data, from }: { data: readonly string[]; from: string | undefined },
  context: CliContext,
): Promise<LmTexts> {
  const texts = await readTexts(data, context);
  const file = from === undefined ? undefined : tokenizerFile(from);
  return {
    ...trainValidationSplit(texts, { validation: 0.05 }),
    data: {
      texts: fingerprintTexts(texts),
      tokenizer: file === undefined ? null : await fingerprintFiles([file]),
    },
  };
}

/** Texts as tokens, by the tokenizer of a folder, or by one that is trained on them; it is stored in `out`. */
export async function lmData(
  { train, validation }: LmTexts,
  { out, ...from }: { out: string; from: string | undefined; vocabSize: number },
  context: CliContext,
): Promise<LmData> {
  const { signal } = context;
  const tokenizer = await tokenizerIn(out, train, from, context);
  const { sha256 } = await fingerprintFiles([join(out, "tokenizer.json")]);
  return {
    tokenizer,
    fingerprint: sha256,
    train: await tokenStream(train, tokenizer, { signal }),
    heldOut: await tokenStream(validation, tokenizer, { signal }),
  };
}

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
/** Settings of all workers. */
export type CommonSteps = Omit<LocalSteps, "share" | "shares">;

/** DeepSeek's settings, as `train` of lm has them. */
const ADAMW: optim.AdamWOptions = { betas: [0.9, 0.95], eps: 1e-8, weightDecay: 0.1 };

const scheduleOf = ({ lr: peak, warmup, steps: total }: LocalSteps): optim.Schedule =>
  optim.cosineSchedule({ peak, warmup, total, floor: peak / 10 });

/** Batches of one share of the tokens, by position. @throws {LmError} when the share contains no block */
export function shareOf(
  tokens: Int32Array,
  { share, shares, sequenceLength: blockLength, batchSize, seed }: LocalSteps,
): TrainingData {
  const own = shareOfBlocks(tokens, { block: blockLength, share, shares });
  return packSequences(own, { blockLength, batchSize, seed });
}

/**
 * The training of a worker by the settings of a task: `open` of `localSteps`.
 * @throws {FedError} `ERR_DATA` when the worker's text was read with another tokenizer
 */
export const stepTraining =
  ({ train: tokens, fingerprint }: Pick<LmData, "train" | "fingerprint">) =>
  (config: unknown): StepTraining<LabelledBatch> => {
    const settings = localStepsSchema.parse(config);
    const { batchSize, innerSteps, warmSteps } = settings;
    if (settings.tokenizer !== fingerprint)
      throw new FedError(
        "ERR_DATA",
        "fed lm: this worker has another tokenizer than the coordinator",
      );
    const module = new CausalLM(parseConfig(settings.model));
    const balance = trackBalance(module.moeLayers.values());
    return {
      module,
      loss: (batch) => module.loss(batch),
      data: shareOf(tokens, settings),
      optimizer: ADAMW,
      lr: scheduleOf(settings),
      stepsPerRound: innerSteps,
      firstStep: warmSteps,
      samplesPerStep: batchSize,
      weights: modelWeights(module),
      afterStep: () => balance.updateBiases(),
    };
  };

/** The first model of a seed: every training that is compared starts from it. */
export function firstModel({ seed, model }: Pick<LocalSteps, "seed" | "model">): CausalLM {
  manualSeed(seed);
  return new CausalLM(parseConfig(model));
}

/**
 * Plain training on as many tokens in as many steps: one share, batches of all workers together. It is what the workers would do
 * if they exchanged gradients in each step, and the reference of the paper.
 * @see Douillard et al. 2023, table 2, "8x batch size"
 */
export const wholeBatches = (settings: CommonSteps, workers: number): LocalSteps => ({
  ...settings,
  batchSize: workers * settings.batchSize,
  share: 0,
  shares: 1,
});

/**
 * Plain training on as many tokens in batches of one worker: `workers` times as many steps, one after another.
 * @see Douillard et al. 2023, table 2, "8x updates"
 */
export const wholeSteps = (settings: CommonSteps, workers: number): LocalSteps => ({
  ...settings,
  steps: workers * settings.steps,
  share: 0,
  shares: 1,
});

/** Steps from the first of the schedule on a share of the tokens, by lm's own loop. */
export async function takePlainSteps(
  model: CausalLM,
  settings: LocalSteps,
  {
    tokens,
    steps = settings.steps,
    signal,
  }: { tokens: Int32Array; steps?: number; signal: AbortSignal },
): Promise<void> {
  const options = { steps, lr: scheduleOf(settings), signal };
  for await (const _ of train(model, shareOf(tokens, settings), options));
}

/** The held-out loss of training from the same first weights without rounds. */
export async function plainLoss(
  settings: LocalSteps,
  {
    batches,
    ...rest
  }: { tokens: Int32Array; batches: readonly LabelledBatch[]; signal: AbortSignal },
): Promise<number> {
  const model = firstModel(settings);
  try {
    await takePlainSteps(model, settings, rest);
    return (await evaluate(model, batches)).loss;
  } finally {
    model.dispose();
  }
}
