import { saveFolder } from "@deepgrain/files";
import {
  conversationBatches,
  createRandom,
  type EncodedChat,
  encodeCompletion,
  type LabelledBatch,
  loadTokenizer,
  saveTokenizer,
  type Tokenizer,
  type TrainingData,
} from "@deepgrain/lm";
import { nextTurn } from "../../cli/next-turn";
import { fingerprintSplit } from "../../store/fingerprint";
import { measuringBatches } from "../../training/measuring-batches";
import { sequentialBatches } from "../../training/sequential-batches";
import { tokenStream } from "../../training/token-stream";
import { trainTokenizer } from "../../training/train-tokenizer";
import type { WithData } from "../compare-study";
import { type Corpus, type Pair, readCorpora, type Split } from "./corpora";
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

/** A corpus as token ids. */
export interface EncodedCorpus {
  name: string;
  train: Int32Array;
  validation: Int32Array;
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
  const corpora = await readCorpora({ characters, signal });
  const found = corpora.map(({ name, items }) => [name, fingerprintSplit(items)] as const);
  for (const { id, read } of tasks)
    found.push([`task ${id}`, fingerprintSplit(await read(signal))]);
  return { data: Object.fromEntries(found) };
}

/** Trains the tokenizer on what base models read, and stores it. */
export async function makeTokenizer(
  path: string,
  { characters, vocabSize }: Pick<EsftSettings, "characters" | "vocabSize">,
  signal: AbortSignal,
): Promise<void> {
  const samples = (await readCorpora({ characters, signal })).map(({ kind, items }) => {
    const texts =
      kind === "text" ? items.train : items.train.map((pair) => `${pair.prompt}\n${pair.answer}`);
    return texts.join("\n").slice(0, TOKENIZER_SAMPLE);
  });
  const files = await trainTokenizer(samples, { vocabSize, signal });
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

/** A corpus as streams of tokens. */
async function encodeCorpus(
  { name, kind, items }: Corpus,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): Promise<EncodedCorpus> {
  const streamOf = async (part: keyof Split<unknown>) => {
    if (kind === "text") return tokenStream(items[part], tokenizer, { signal });
    signal.throwIfAborted();
    await nextTurn();
    return Int32Array.from(items[part].flatMap((pair) => encodePair(pair, tokenizer).inputIds));
  };
  return { name, train: await streamOf("train"), validation: await streamOf("validation") };
}

/** Reads and encodes everything. @param tokenizerPath folder of the stored tokenizer */
export async function readData(
  tokenizerPath: string,
  settings: EsftSettings,
  signal: AbortSignal,
): Promise<ComparisonData> {
  const { characters, length, batch, heldOutPairs, answers } = settings;
  const tokenizer = await loadTokenizer(tokenizerPath);
  const data: ComparisonData = { tokenizer, corpora: [], tasks: [] };
  for (const corpus of await readCorpora({ characters, signal }))
    data.corpora.push(await encodeCorpus(corpus, tokenizer, signal));
  const shape = { sequenceLength: length, batchSize: batch, padTokenId: tokenizer.padTokenId! };
  const encode = (pairs: readonly Pair[]) =>
    pairs
      .map((pair) => encodePair(pair, tokenizer))
      .filter(({ inputIds }) => inputIds.length <= length);
  for (const task of tasks) {
    const { train, validation } = await task.read(signal);
    data.tasks.push({
      ...{ task, train: encode(train), questions: spread(validation, answers) },
      validation: measuringBatches(encode(spread(validation, heldOutPairs)), shape),
    });
  }
  return data;
}

/** At most `count` of the items, evenly spaced. */
function spread<T>(items: readonly T[], count: number): T[] {
  const taken = Math.min(count, items.length);
  return Array.from({ length: taken }, (_, i) => items[Math.floor((i * items.length) / taken)]!);
}

/** Held-out sequences of a text, as batches. */
export const heldOutBatches = (
  { validation }: EncodedCorpus,
  { length: blockLength, batch: batchSize, heldOutBlocks: blocks }: EsftSettings,
): LabelledBatch[] => sequentialBatches(validation, { blockLength, batchSize, blocks });

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
export const pretrainingData = (
  { corpora }: ComparisonData,
  settings: EsftSettings,
  seed: number,
): TrainingData => ({
  batch(position) {
    const { batch, length } = settings;
    const random = createRandom([seed, position]).next;
    return { ids: corpusRows(corpora, settings, batch, random), batch, length };
  },
});

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
    ...{ sequenceLength: length, batchSize: batch - general, seed },
    padTokenId: tokenizer.padTokenId!,
  });
  return {
    batch(position) {
      const { ids, labels } = packed.batch(position);
      const random = createRandom([seed, position, 1]).next;
      const rows = corpusRows(corpora, settings, general, random);
      const mixed = (own: Int32Array) => Int32Array.of(...own, ...rows);
      return { ids: mixed(ids), labels: mixed(labels), batch, length };
    },
  };
}
