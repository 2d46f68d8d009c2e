import type { CompilerMessage } from "@deepgrain/datasets";
import {
  conversationBatches,
  encodeChat,
  type LabelledBatch,
  loadTokenizer,
  type PackingReport,
  packSequences,
  type Tokenizer,
  type TrainingData,
} from "@deepgrain/lm";
import type { Progress } from "../cli/progress";
import type { MetricsLog } from "../store/metrics-log";
import type { RunFolder } from "../store/run-folder";
import { englishText, type SplitTexts } from "../training/english-text";
import { type Measuring, measuringBatches } from "../training/measuring-batches";
import { sequentialBatches } from "../training/sequential-batches";
import { tokenStream } from "../training/token-stream";
import type { JobConfig } from "./job-config";
import { translationChat, translationTask } from "./translation-task";

/** English as the model reads it. */
interface EnglishData {
  training: TrainingData;
  trainTokens: number;
  /** Held-out batches, in the order of the text. */
  validation: LabelledBatch[];
  /** The tokens of those batches, for statistics. */
  validationTokens: Int32Array;
}

/** The task as the model reads it. */
interface TaskData {
  training: TrainingData;
  /** Held-out messages, whole. */
  validation: LabelledBatch[];
  /** What packing did to the messages trained on, and which held-out ones are too long to be measured. */
  packing: { train: PackingReport; heldOut: Pick<Measuring, "conversations" | "tooLong"> };
  /** Messages held out, for samples of translations. */
  heldOut: CompilerMessage[];
  trainMessages: number;
}

/** What the stages of a run share. Data are read when first wanted. */
export interface Job {
  folder: RunFolder;
  config: JobConfig;
  progress: Progress;
  metrics: MetricsLog;
  signal: AbortSignal;
  /** Throws when the run's folder was deleted or taken over meanwhile. */
  assertOutputs(): Promise<void>;
  texts(): Promise<SplitTexts>;
  tokenizer(): Promise<Tokenizer>;
  english(): Promise<EnglishData>;
  task(): Promise<TaskData>;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function readEnglish(job: Omit<Job, "english" | "task">): Promise<EnglishData> {
  const { config, signal, progress } = job;
  const [{ train, validation }, tokenizer] = [await job.texts(), await job.tokenizer()];
  const { batchSize, sequenceLength: blockLength } = config.pretrain;
  const reading = progress.task("Reading English");
  const tokens = await tokenStream(train, tokenizer, {
    signal,
    onProgress: (done) => reading.update(done, "text to tokens"),
  });
  const heldOut = await tokenStream(validation, tokenizer, { signal });
  reading.end(`${tokens.length} tokens to train on, ${heldOut.length} held out`);
  const shape = { blockLength, batchSize };
  const validationBatches = sequentialBatches(heldOut, {
    ...shape,
    blocks: config.text.validationBlocks,
  });
  const held = validationBatches.reduce((n, { ids }) => n + ids.length, 0);
  return {
    training: packSequences(tokens, { ...shape, seed: config.seed }),
    trainTokens: tokens.length,
    validation: validationBatches,
    validationTokens: heldOut.subarray(0, held),
  };
}

async function readTask(job: Omit<Job, "english" | "task">): Promise<TaskData> {
  const { config, signal } = job;
  const tokenizer = await job.tokenizer();
  const { train, validation } = await translationTask(config.task.language, signal);
  const encode = (message: CompilerMessage) => encodeChat(translationChat(message), tokenizer);
  const { batchSize, sequenceLength } = config.tune;
  const options = { sequenceLength, batchSize, padTokenId: tokenizer.padTokenId! };
  const training = conversationBatches(train.map(encode), { ...options, seed: config.seed });
  const { batches, ...heldOut } = measuringBatches(validation.map(encode), options);
  return {
    training,
    validation: batches,
    packing: { train: training.packing, heldOut },
    heldOut: validation,
    trainMessages: train.length,
  };
}

/** Sets a job up. */
export function createJob(
  parts: Pick<Job, "folder" | "config" | "progress" | "metrics" | "signal" | "assertOutputs">,
): Job {
  const { folder, config, signal } = parts;
  const job = {
    ...parts,
    texts: once(() => englishText({ characters: config.text.characters, signal })),
    tokenizer: once(() => loadTokenizer(folder.tokenizer)),
  };
  return { ...job, english: once(() => readEnglish(job)), task: once(() => readTask(job)) };
}
