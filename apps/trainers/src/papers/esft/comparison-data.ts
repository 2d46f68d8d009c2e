import { saveFolder } from "@deepgrain/files";
import {
  conversationBatches,
  createRandom,
  type EncodedChat,
  type LabelledBatch,
  loadTokenizer,
  saveTokenizer,
  type Tokenizer,
  type TrainingData,
} from "@deepgrain/lm";
import type { Progress } from "../../cli/progress";
import { fingerprintTexts } from "../../store/fingerprint";
import { measuringBatches } from "../../training/measuring-batches";
import { sequentialBatches } from "../../training/sequential-batches";
import { trainTokenizer } from "../../training/train-tokenizer";
import type { WithData } from "../compare-study";
import { type Pair, readCorpora, type Split } from "./corpora";
import { type EncodedCorpus, encodeCorpora, encodePair } from "./encode-data";
import type { EsftSettings } from "./recipe";
import { type Task, tasks } from "./tasks";

/** A task as models read it. */
export interface TaskData {
  task: Task;
  train: EncodedChat[];
  /** Held-out pairs to answer. */
  questions: Pair[];
  /** Held-out pairs as batches. */
  validation: LabelledBatch[];
}

/** All that trainings and measurements read. */
export interface ComparisonData {
  tokenizer: Tokenizer;
  corpora: EncodedCorpus[];
  tasks: TaskData[];
}

/** Characters of each text that the tokenizer learns from, at most. */
const TOKENIZER_SAMPLE = 100_000;

/** Fingerprints of everything that trainings read, by name. */
export async function fingerprintData(
  { characters }: Pick<EsftSettings, "characters">,
  signal: AbortSignal,
): Promise<WithData> {
  const flat = ({ train, validation }: Split<unknown>) =>
    [train, validation].map((items) => JSON.stringify(items));
  const corpora = await readCorpora({ characters, signal });
  const found = corpora.map(({ name, items }) => [name, fingerprintTexts(flat(items))] as const);
  for (const { id, read } of tasks)
    found.push([`task ${id}`, fingerprintTexts(flat(await read(signal)))]);
  return { data: Object.fromEntries(found) };
}

const silent: Progress = {
  ...{ title() {}, note() {}, finish() {}, close() {} },
  task: () => ({ update() {}, end() {} }),
};

/** Trains the tokenizer on what base models read, and stores it. */
export async function makeTokenizer(
  path: string,
  settings: Pick<EsftSettings, "characters" | "vocabSize">,
  signal: AbortSignal,
): Promise<void> {
  const corpora = await readCorpora({ characters: settings.characters, signal });
  const samples = corpora.map(({ kind, items }) => {
    const texts =
      kind === "text" ? items.train : items.train.map((pair) => `${pair.prompt}\n${pair.answer}`);
    return texts.join("\n").slice(0, TOKENIZER_SAMPLE);
  });
  const files = await trainTokenizer(samples, {
    vocabSize: settings.vocabSize,
    progress: silent,
    signal,
  });
  await saveFolder(path, (unfinished) => saveTokenizer(unfinished, files));
}

/** Reads and encodes everything. @param tokenizerPath folder of the stored tokenizer */
export async function readData(
  tokenizerPath: string,
  settings: EsftSettings,
  signal: AbortSignal,
): Promise<ComparisonData> {
  const { characters, length, batch, heldOutPairs, answers } = settings;
  const tokenizer = await loadTokenizer(tokenizerPath);
  const corpora = await encodeCorpora(await readCorpora({ characters, signal }), tokenizer, signal);
  const shape = { sequenceLength: length, batchSize: batch, padTokenId: tokenizer.padTokenId! };
  const all: TaskData[] = [];
  for (const task of tasks) {
    const { train, validation } = await task.read(signal);
    const encode = (pairs: readonly Pair[]) =>
      pairs
        .map((pair) => encodePair(pair, tokenizer))
        .filter(({ inputIds }) => inputIds.length <= length);
    all.push({
      task,
      train: encode(train),
      questions: spread(validation, answers),
      validation: measuringBatches(encode(spread(validation, heldOutPairs)), shape),
    });
  }
  return { tokenizer, corpora, tasks: all };
}

/** So many of the items, evenly spaced. */
function spread<T>(items: readonly T[], count: number): T[] {
  const taken = Math.min(count, items.length);
  return Array.from({ length: taken }, (_, i) => items[Math.floor((i * items.length) / taken)]!);
}

/** Held-out sequences of a text, as batches. */
export const heldOutBatches = (
  corpus: EncodedCorpus,
  { length, batch, heldOutBlocks }: EsftSettings,
): LabelledBatch[] =>
  sequentialBatches(corpus.validation, {
    blockLength: length,
    batchSize: batch,
    blocks: heldOutBlocks,
  });

/** Rows drawn from the texts, the last text (the weak one) less often. */
function corpusRows(
  corpora: readonly EncodedCorpus[],
  { length, weakShare }: EsftSettings,
  rows: number,
  random: () => number,
): Int32Array {
  const ids = new Int32Array(rows * length);
  const total = corpora.length - 1 + weakShare;
  for (let row = 0; row < rows; row++) {
    const text = corpora[Math.min(Math.floor(random() * total), corpora.length - 1)]!.train;
    const start = Math.floor(random() * (text.length - length + 1));
    ids.set(text.subarray(start, start + length), row * length);
  }
  return ids;
}

/** What a base model of a seed reads. */
export function pretrainingData(
  { corpora }: ComparisonData,
  settings: EsftSettings,
  seed: number,
): TrainingData {
  const { batch, length } = settings;
  return {
    batch(position) {
      const random = createRandom([seed, position]).next;
      return { ids: corpusRows(corpora, settings, batch, random), batch, length };
    },
  };
}

/** What fine-tuning reads: packed pairs of the task and, where the settings say so, rows of general text. */
export function tuningData(
  { corpora, tokenizer }: ComparisonData,
  { train }: TaskData,
  settings: EsftSettings,
  seed: number,
): TrainingData {
  const { batch, length, generalShare } = settings;
  const general = Math.min(Math.round(generalShare * batch), batch - 1);
  const packed = conversationBatches(train, {
    sequenceLength: length,
    batchSize: batch - general,
    padTokenId: tokenizer.padTokenId!,
    seed,
  });
  return {
    batch(position) {
      const own = packed.batch(position);
      if (general === 0) return own;
      const random = createRandom([seed, position, 1]).next;
      const rows = corpusRows(corpora, settings, general, random);
      return {
        ids: Int32Array.of(...own.ids, ...rows),
        labels: Int32Array.of(...own.labels, ...rows),
        batch,
        length,
      };
    },
  };
}
