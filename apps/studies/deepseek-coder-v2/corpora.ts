import { collect, sourceCode } from "@deepgrain/datasets";
import { generateProblem } from "@deepgrain/prm/world";
import { englishText } from "../shared/texts/english-text";
import { placeOf } from "../shared/texts/text-sources";

/** A file of source code, from npm. */
export interface CodeFile {
  path: string;
  text: string;
}

/** Texts to train on and to measure on. */
export interface Split {
  train: string[];
  heldOut: string[];
}

async function filesOf(
  name: string,
  extensions: readonly string[],
  signal: AbortSignal,
  under?: string,
): Promise<CodeFile[]> {
  const place = placeOf(name, signal);
  const files = await collect(sourceCode(name, { ...place, extensions, under }));
  return files.map(({ path, text }) => ({ path, text }));
}

/** The first texts up to so many characters; the last is cut. */
function atMost(texts: readonly string[], characters: number): string[] {
  let left = characters;
  return texts.flatMap((text) => {
    const part = text.slice(0, Math.max(0, left));
    left -= text.length;
    return part === "" ? [] : [part];
  });
}

/** Fewest texts that are split whole. */
const FEW = 16;
const PIECE = 1000;

const pieces = (text: string) =>
  Array.from({ length: Math.ceil(text.length / PIECE) }, (_, i) =>
    text.slice(i * PIECE, (i + 1) * PIECE),
  );

/** Every eighth text is held out; of few texts, every eighth piece. */
function split(texts: readonly string[]): Split {
  const parts = texts.length >= FEW ? texts : texts.flatMap(pieces);
  return {
    train: parts.filter((_, i) => i % 8 !== 7),
    heldOut: parts.filter((_, i) => i % 8 === 7),
  };
}

const texts = (files: readonly CodeFile[]) => files.map(({ text }) => text);

/** Sources of RxJS in TypeScript, with paths, for repositories. */
export const repository = (signal: AbortSignal): Promise<CodeFile[]> =>
  filesOf("rxjs", ["ts"], signal, "src");

/** Code in the languages that are trained on: TypeScript, JavaScript and Python. */
async function codeTexts(signal: AbortSignal) {
  return {
    typescript: texts(await repository(signal)),
    javascript: texts(await filesOf("node-gyp", ["js"], signal)),
    python: texts(await filesOf("node-gyp", ["py"], signal)),
  };
}

/** Code in languages that npm offers and that nothing is trained on. */
async function foreignTexts(signal: AbortSignal) {
  return {
    "c++": texts(await filesOf("node-gyp", ["cc"], signal)),
    "c#": texts(await filesOf("node-gyp", ["cs"], signal)),
    json: texts(await filesOf("node-gyp", ["json"], signal)),
    markdown: texts(await filesOf("node-gyp", ["md"], signal)),
  };
}

/** Word problems with solutions, as `@deepgrain/prm` makes them. */
const mathematics = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const sizes = { steps: [2, 4], distractors: [0, 2], numbers: "small" } as const;
    const { problem, steps } = generateProblem(5e6 + i, sizes);
    return `${problem}\n${steps.join("\n")}\n`;
  });

/** All texts of the experiment *pretrain*, by kind; held-out code by language too. */
export async function corpora(characters: number, signal: AbortSignal) {
  const english = await englishText({ characters: 4e6, signal });
  const prose = split(atMost([...english.train, ...english.validation], characters));
  const languages = await codeTexts(signal);
  const each = Object.entries(languages).map(
    ([name, all]) => [name, split(atMost(all, characters / 3))] as const,
  );
  const code: Split = {
    train: each.flatMap(([, { train }]) => train),
    heldOut: each.flatMap(([, { heldOut }]) => heldOut),
  };
  const math = split(mathematics(Math.ceil(characters / 400)));
  const foreign = Object.entries(await foreignTexts(signal));
  const byLanguage: Record<string, string[]> = Object.fromEntries([
    ...each.map(([name, { heldOut }]) => [name, heldOut] as const),
    ...foreign,
  ]);
  return { prose, code, math, byLanguage };
}
