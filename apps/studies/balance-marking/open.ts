import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import type { ComparisonRequest, OpenedComparison, StudyValues } from "../shared/comparison";
import { fingerprintFiles, fingerprintTexts } from "../shared/fingerprint";
import { englishText } from "../shared/texts/english-text";
import { UsageError } from "../shared/usage-error";
import type { comparison } from "./comparison";
import { encodeParagraphs, readCorpus } from "./corpus-file";
import { frontiersOf } from "./frontier";
import { openModel, openModelParts } from "./open-model";
import { comparisonTable } from "./report";
import { watermarkStudy } from "./study";
import { readPrompts } from "./text-file";

type Flags = (typeof comparison)["flags"];

const PROMPT_TOKENS = 16;

/** Beginnings of paragraphs, drawn at random. */
function drawPrompts(paragraphs: readonly number[][], count: number, seed: number): number[][] {
  const long = paragraphs.filter(({ length }) => length >= PROMPT_TOKENS);
  const random = createRandom([seed, 1]).next;
  return Array.from({ length: long.length === 0 ? 0 : count }, () =>
    long[Math.floor(random() * long.length)]!.slice(0, PROMPT_TOKENS),
  );
}

interface Texts {
  prompts(seed: number): number[][];
  human: number[];
  /** All that was read, as JSON. */
  read: string[];
}

async function openTexts(
  { corpus, prompts: file }: Pick<StudyValues<Flags>, "corpus" | "prompts">,
  { count, seed, tokens }: { count: number; seed: number; tokens: number },
  {
    model,
    judge,
    tokenizer,
  }: { model: CausalLM; judge?: CausalLM | undefined; tokenizer: Tokenizer },
  signal: AbortSignal,
): Promise<Texts> {
  const paragraphs =
    corpus === undefined
      ? (await englishText({ characters: 300_000, signal })).train.flatMap((text) =>
          encodeParagraphs(text, tokenizer),
        )
      : await readCorpus(corpus, tokenizer);
  const given = file === undefined ? undefined : await readPrompts(file);
  const bos = tokenizer.bosTokenId;
  const prompts = (own: number) =>
    given
      ? given.map((prompt) => tokenizer.encode(prompt))
      : drawPrompts(paragraphs, count, own).map((ids) => (bos === undefined ? ids : [bos, ...ids]));
  const human = paragraphs.flat();
  const first = prompts(seed);
  if (first.length === 0 || human.length < 2 * tokens)
    throw new UsageError(
      `the corpus must have at least ${2 * tokens} tokens and a paragraph of ${PROMPT_TOKENS}, got ${human.length} tokens`,
    );
  const longest = Math.max(...first.map(({ length }) => length));
  const maxPositionEmbeddings = Math.min(
    ...[model, judge ?? model].map(({ config }) => config.maxPositionEmbeddings),
  );
  if (longest + tokens > maxPositionEmbeddings)
    throw new UsageError(
      `--tokens must be at most ${maxPositionEmbeddings - longest}: the model has ${maxPositionEmbeddings} positions, a prompt ${longest} tokens`,
    );
  return { prompts, human, read: [paragraphs, given ?? []].map((part) => JSON.stringify(part)) };
}

/** Fingerprints of the models' files and of all texts that are read. */
async function fingerprintData(folders: readonly string[], { read }: Texts) {
  const files: string[] = [];
  for (const folder of folders) {
    const names = (await readdir(folder)).filter((name) => /\.(json|safetensors|bin)$/.test(name));
    files.push(...names.sort().map((name) => join(folder, name)));
  }
  return {
    model: await fingerprintFiles(files),
    texts: fingerprintTexts(read),
  };
}

/** Opens the study with a model and texts. */
export async function open({
  size,
  values,
  seed,
  signal,
}: ComparisonRequest<Flags>): Promise<OpenedComparison> {
  const { texts: count = size === "quick" ? 6 : 20, bits = 10, temperature } = values;
  const { tokens = 10 * bits + 10 } = values;
  const { model, tokenizer } = await openModelParts(values, signal);
  if (!model || !tokenizer) throw new UsageError(`${values.model} has no tokenizer`);
  const judge = values.judge === undefined ? undefined : await openModel(values.judge, signal);
  if (judge && judge.config.vocabSize !== model.config.vocabSize)
    throw new UsageError(
      `--judge must have the vocabulary of --model: ${model.config.vocabSize} tokens, got ${judge.config.vocabSize}`,
    );
  const opened = { model, judge, tokenizer };
  const texts = await openTexts(values, { count, seed, tokens }, opened, signal);
  const settings = {
    model: basename(values.model),
    judge: values.judge === undefined ? null : basename(values.judge),
    vocabSize: model.config.vocabSize,
    texts: texts.prompts(seed).length,
    bits,
    tokens,
    temperature,
    data: await fingerprintData([values.model, ...(values.judge ? [values.judge] : [])], texts),
  };
  const parts = { ...opened, ...texts };
  return {
    study: watermarkStudy(() => parts, settings),
    settings,
    text: comparisonTable,
    more: (runs) => ({ frontier: frontiersOf(runs) }),
  };
}
