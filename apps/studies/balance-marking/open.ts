import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import type { FieldValues } from "@deepgrain/support";
import type { ComparisonRequest, OpenedComparison } from "../shared/comparison";
import { fingerprintFiles, fingerprintTexts } from "../shared/fingerprint";
import { englishText } from "../shared/texts/english-text";
import { UsageError } from "../shared/usage-error";
import type { comparison } from "./comparison";
import { encodeParagraphs, readCorpus } from "./corpus-file";
import { openModelParts } from "./open-model";
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
  { corpus, prompts: file }: Pick<FieldValues<Flags>, "corpus" | "prompts">,
  { count, seed, tokens }: { count: number; seed: number; tokens: number },
  { model, tokenizer }: { model: CausalLM; tokenizer: Tokenizer },
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
  const { maxPositionEmbeddings } = model.config;
  if (longest + tokens > maxPositionEmbeddings)
    throw new UsageError(
      `--tokens must be at most ${maxPositionEmbeddings - longest}: the model has ${maxPositionEmbeddings} positions, a prompt ${longest} tokens`,
    );
  return { prompts, human, read: [paragraphs, given ?? []].map((part) => JSON.stringify(part)) };
}

/** Fingerprints of the model's files and of all texts that are read. */
async function fingerprintData(folder: string, { read }: Texts) {
  const files = (await readdir(folder)).filter((name) => /\.(json|safetensors|bin)$/.test(name));
  return {
    model: await fingerprintFiles(files.sort().map((name) => join(folder, name))),
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
  const isQuick = size === "quick";
  const { texts: count = isQuick ? 6 : 20, bits = isQuick ? 10 : 20, temperature } = values;
  const { tokens = 10 * bits + 10 } = values;
  const { model, tokenizer } = await openModelParts(values, signal);
  if (!model || !tokenizer) throw new UsageError(`${values.model} has no tokenizer`);
  const parts = { model, tokenizer };
  const texts = await openTexts(values, { count, seed, tokens }, parts, signal);
  const settings = {
    model: basename(values.model),
    vocabSize: model.config.vocabSize,
    texts: texts.prompts(seed).length,
    bits,
    tokens,
    temperature,
    data: await fingerprintData(values.model, texts),
  };
  return {
    study: watermarkStudy({ ...parts, ...texts }, settings),
    settings,
    text: comparisonTable,
  };
}
