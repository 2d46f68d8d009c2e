import { join } from "node:path";
import {
  conversationBatches,
  type EncodedChat,
  encodeCompletion,
  generalRows,
  type LabelledBatch,
  loadTokenizer,
  measuringBatches,
  mixedTexts,
  saveTokenizer,
  sequentialBatches,
  type Tokenizer,
  trainTokenizer,
  withGeneralRows,
} from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { saveFolder } from "@deepgrain/support/files";
import { fingerprintSplit } from "../shared/fingerprint";
import { shuffled } from "../shared/tasks/shuffled";
import { type Pair, spread } from "../shared/tasks/task";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
import { readCorpora, readTask, type Task, tasks } from "../shared/tasks/tuning-tasks";
import { tokenStream } from "../shared/texts/token-stream";
import type { EsftSettings } from "./recipe";

/** A task as models read it. */
export interface TaskData {
  task: Task;
  train: EncodedChat[];
  /** Held-out pairs as batches, whole, by whose loss the best step is chosen. */
  choosing: LabelledBatch[];
  /** Other held-out pairs, to answer … */
  questions: Pair[];
  /** … and as batches. */
  validation: LabelledBatch[];
  /** Pairs of all kinds that are longer than a sequence and left out, of how many. */
  tooLong: { pairs: number; of: number };
}

/** A corpus as token ids. */
export interface EncodedCorpus extends Record<"train" | "validation", Int32Array> {
  name: string;
  task: TaskId | null;
}

/** All that trainings and measurements read. */
export interface ComparisonData {
  tokenizer: Tokenizer;
  corpora: EncodedCorpus[];
  tasks: TaskData[];
}

/** The data of a seed's runs. */
export interface SeedRun {
  settings: EsftSettings;
  seed: number;
  data: ComparisonData;
  /** Where its base model is, or shall be. */
  files: ReturnType<typeof artifactsOf>;
  signal: AbortSignal;
}

/** Folders of the files that runs share. @param artifacts of the study @param groups experts of a group, in coarser models */
export const artifactsOf = (artifacts: string, seed: number, groups = 1) => ({
  tokenizer: join(artifacts, "tokenizer"),
  /** Base model of the seed. */
  base: join(artifacts, "bases", groups === 1 ? `seed-${seed}` : `seed-${seed}-groups-${groups}`),
  /** Checkpoints of its training, while it lasts. */
  checkpoints: join(artifacts, "checkpoints", `seed-${seed}`),
});

/** Characters of each text that the tokenizer learns from, at most. */
const TOKENIZER_SAMPLE = 100_000;

/** Fingerprints of everything that trainings read, by name. */
export async function fingerprintData({ characters }: EsftSettings, signal: AbortSignal) {
  const corpora = await readCorpora(characters, signal);
  const found = corpora.map(({ name, items }) => [name, fingerprintSplit(items)] as const);
  for (const task of tasks)
    found.push([`task ${task.id}`, fingerprintSplit(await readTask(task, signal))]);
  return { data: Object.fromEntries(found) };
}

/** Trains the tokenizer on what base models read, and stores it. */
export async function makeTokenizer(path: string, settings: EsftSettings, signal: AbortSignal) {
  const { characters, vocabSize } = settings;
  const textOf = (item: string | Pair) =>
    typeof item === "string" ? item : `${item.prompt}\n${item.answer}`;
  const samples = (await readCorpora(characters, signal)).map(({ items }) =>
    items.train.map(textOf).join("\n").slice(0, TOKENIZER_SAMPLE),
  );
  const files = await trainTokenizer(samples, { vocabSize, splitsDigits: true, signal });
  await saveFolder(path, (unfinished) => saveTokenizer(unfinished, files));
}

type Encoder = Pick<Tokenizer, "encode" | "bosTokenId" | "eosTokenId">;

/** Begin, question and line break. */
export const encodePrompt = (prompt: string, tokenizer: Encoder): number[] => [
  tokenizer.bosTokenId!,
  ...tokenizer.encode(`${prompt}\n`, { addSpecialTokens: false }),
];

/** A pair as training data. Running text of pairs has the same form, so that a base model knows it. */
export const encodePair = ({ prompt, answer }: Pair, tokenizer: Encoder): EncodedChat =>
  encodeCompletion(encodePrompt(prompt, tokenizer), answer, tokenizer);

/** Texts as a stream of tokens. */
async function streamOf(items: string[] | Pair[], tokenizer: Tokenizer, signal: AbortSignal) {
  const isText = (item: string | Pair) => typeof item === "string";
  if (items.every(isText)) return tokenStream(items, tokenizer, { signal });
  signal.throwIfAborted();
  await takeTurn();
  return Int32Array.from(items.flatMap((pair) => encodePair(pair as Pair, tokenizer).inputIds));
}

/** Reads and encodes everything. @param folder of the stored tokenizer */
export async function readData(folder: string, settings: EsftSettings, signal: AbortSignal) {
  const { characters, length, batch, choosingPairs, answers } = settings;
  const tokenizer = await loadTokenizer(folder);
  const data: ComparisonData = { tokenizer, corpora: [], tasks: [] };
  const encoded = (items: string[] | Pair[]) => streamOf(items, tokenizer, signal);
  for (const { name, task, items } of await readCorpora(characters, signal)) {
    const train = await encoded(items.train);
    data.corpora.push({ name, task, train, validation: await encoded(items.validation) });
  }
  const shape = { sequenceLength: length, batchSize: batch, padTokenId: tokenizer.padTokenId! };
  const encode = (pairs: readonly Pair[]) => pairs.map((pair) => encodePair(pair, tokenizer));
  for (const task of tasks) {
    const { train: pairs, validation } = await readTask(task, signal);
    const train = encode(pairs);
    const heldOut = shuffled(spread(validation, choosingPairs + answers), 0);
    const questions = heldOut.slice(choosingPairs);
    const choosing = measuringBatches(encode(heldOut.slice(0, choosingPairs)), shape);
    const measured = measuringBatches(encode(questions), shape);
    const tooLong = train.filter(({ inputIds }) => inputIds.length > length).length;
    data.tasks.push({
      task,
      train,
      choosing: choosing.batches,
      questions,
      validation: measured.batches,
      tooLong: {
        pairs: tooLong + choosing.tooLong + measured.tooLong,
        of: train.length + heldOut.length,
      },
    });
  }
  return data;
}

/** Held-out sequences of a text, as batches. */
export const heldOutBatches = (
  { validation }: EncodedCorpus,
  { length: blockLength, batch: batchSize, heldOutBlocks: blocks }: EsftSettings,
): LabelledBatch[] => sequentialBatches(validation, { blockLength, batchSize, blocks });

/** The texts of base models as they are mixed; those of the tasks' kinds are read less often. */
const mixOf = ({ corpora }: ComparisonData, { shares }: EsftSettings) =>
  corpora.map(({ train: tokens, task }) => ({ tokens, share: task ? shares[task] : 1 }));

/** The text that a base model of a seed reads. */
export function pretrainingData(data: ComparisonData, settings: EsftSettings, seed: number) {
  const { batch: batchSize, length: blockLength } = settings;
  return mixedTexts(mixOf(data, settings), { batchSize, blockLength, seed });
}

/** As many of its batches as have the tokens that scores rest on. */
export function pretrainingBatches(data: ComparisonData, settings: EsftSettings, seed: number) {
  const { scoreTokens, batch, length } = settings;
  const own = pretrainingData(data, settings, seed);
  return Array.from({ length: Math.ceil(scoreTokens / (batch * length)) }, (_, i) => own.batch(i));
}

/** The rows of fine-tuning: whole pairs of the task, packed, and, where the settings say so, rows of general text. */
export function tuningData(
  data: ComparisonData,
  { train }: TaskData,
  settings: EsftSettings,
  seed: number,
) {
  const { batch, length, generalShare } = settings;
  const rows = generalRows(generalShare, batch);
  const packed = conversationBatches(train, {
    sequenceLength: length,
    batchSize: batch - rows,
    seed,
    padTokenId: data.tokenizer.padTokenId!,
  });
  return withGeneralRows(packed, { texts: mixOf(data, settings), rows, seed });
}
