import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { MetricsLog } from "@deepgrain/command-line/metrics/metrics-log";
import type { RunFolder } from "@deepgrain/command-line/runs/run-folder";
import type { Progress } from "@deepgrain/command-line/terminal/progress";
import {
  conversationBatches,
  encodeChat,
  generalRows,
  type LabelledBatch,
  loadTokenizer,
  type MixedText,
  measuringBatches,
  mixedTexts,
  type PackingReport,
  sequentialBatches,
  type Tokenizer,
  type TrainingData,
  withGeneralRows,
} from "@deepgrain/lm";
import { shuffled } from "@deepgrain/studies/shared/tasks/shuffled";
import { type Pair, spread, type Task } from "@deepgrain/studies/shared/tasks/task";
import { checkedTasks } from "@deepgrain/studies/shared/tasks/tasks";
import {
  type DomainName,
  type DomainTexts,
  readDomains,
} from "@deepgrain/studies/shared/texts/text-domains";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import type { JobConfig } from "./job-config";

/** One kind of text as the model reads it. */
export interface EncodedDomain extends MixedText {
  name: DomainName;
  /** Held-out batches, in the order of the text. */
  validation: LabelledBatch[];
}

/** The texts of pre-training as the model reads them. The first kind is English prose. */
interface Reading {
  domains: [EncodedDomain, ...EncodedDomain[]];
  training: TrainingData;
  trainTokens: number;
}

/** The task as the model reads it. */
interface TaskData {
  task: Task;
  training: TrainingData;
  /** The task's part of the training batches. */
  ownTraining: TrainingData;
  /** Held-out questions with their answers, whole. */
  validation: LabelledBatch[];
  /** Packing statistics of the training pairs, and the held-out pairs that are too long to be measured. */
  packing: { train: PackingReport; heldOut: { conversations: number; tooLong: number } };
  /** Held-out questions to answer. */
  questions: Pair[];
}

/** State shared by the stages of a run. Data are read on first use. */
export interface Job {
  folder: RunFolder;
  config: JobConfig;
  progress: Progress;
  metrics: MetricsLog;
  signal: AbortSignal;
  /** Measures the steps of a dry run. */
  dryRun: CommandContext["dryRun"];
  /** Throws when the run's folder was deleted or taken over meanwhile. */
  assertOutputs(): Promise<void>;
  texts(): Promise<DomainTexts[]>;
  tokenizer(): Promise<Tokenizer>;
  reading(): Promise<Reading>;
  task(): Promise<TaskData>;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function readTexts(job: Omit<Job, "reading" | "task">): Promise<Reading> {
  const { config, signal, progress } = job;
  const texts = await job.texts();
  const tokenizer = await job.tokenizer();
  const { batchSize, sequenceLength: blockLength } = config.pretrain;
  const drawn = progress.task("Reading");
  const domains: EncodedDomain[] = [];
  for (const [i, { name, train, validation }] of texts.entries()) {
    const tokens = await tokenStream(train, tokenizer, {
      signal,
      onProgress: (done) => drawn.update((i + done) / texts.length, `${name} to tokens`),
    });
    const heldOut = await tokenStream(validation, tokenizer, { signal });
    const shape = { blockLength, batchSize, blocks: config.text.validationBlocks };
    const share = config.text.shares[name];
    domains.push({ name, tokens, share, validation: sequentialBatches(heldOut, shape) });
  }
  const trainTokens = domains.reduce((n, { tokens }) => n + tokens.length, 0);
  drawn.end(`${trainTokens} tokens to train on`);
  const training = mixedTexts(domains, { batchSize, blockLength, seed: config.seed });
  return { domains: domains as Reading["domains"], training, trainTokens };
}

/** The question of a pair, and with its answer, as turns of a conversation. */
export const questionOf = ({ prompt }: Pair) => [{ role: "user", content: prompt }];
const turnsOf = (pair: Pair) => [...questionOf(pair), { role: "assistant", content: pair.answer }];

async function readTask(job: Omit<Job, "task">): Promise<TaskData> {
  const { config, signal } = job;
  const { seed } = config;
  const tokenizer = await job.tokenizer();
  const { id, questions } = config.task;
  const task = checkedTasks[id];
  const { train, validation } = await task.read(signal);
  const { batchSize, sequenceLength: length, generalShare } = config.tune;
  const encode = (pair: Pair) => encodeChat(turnsOf(pair), tokenizer);
  const asked = shuffled(spread(validation, questions), 0); // the first ones are of every kind, too
  const rows = generalRows(generalShare, batchSize);
  const shape = { sequenceLength: length, padTokenId: tokenizer.padTokenId! };
  const own = { ...shape, batchSize: batchSize - rows, seed };
  const ownTraining = conversationBatches(train.map(encode), own);
  const { batches, ...heldOut } = measuringBatches(asked.map(encode), { ...shape, batchSize });
  const { domains: texts } = await job.reading();
  return {
    task,
    training: withGeneralRows(ownTraining, { texts, rows, seed }),
    ownTraining,
    validation: batches,
    packing: { train: ownTraining.packing, heldOut },
    questions: asked,
  };
}

/** Sets a job up. */
export function createJob(parts: Omit<Job, "texts" | "tokenizer" | "reading" | "task">): Job {
  const { folder, config, signal } = parts;
  const job = {
    ...parts,
    texts: once(() => readDomains({ characters: config.text.characters, signal })),
    tokenizer: once(() => loadTokenizer(folder.tokenizer)),
  };
  const withTexts = { ...job, reading: once(() => readTexts(job)) };
  return { ...withTexts, task: once(() => readTask(withTexts)) };
}
