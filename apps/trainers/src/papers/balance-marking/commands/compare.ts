import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import type { CliContext } from "../../../cli/context";
import { defineCommand } from "../../../cli/define-command";
import type { Values } from "../../../cli/flags";
import * as flags from "../../../cli/flags";
import { UsageError } from "../../../cli/usage-error";
import { fingerprintFiles, fingerprintTexts } from "../../../store/fingerprint";
import { withLocks } from "../../../store/locks";
import { englishText } from "../../../training/english-text";
import { compareStudy } from "../../compare-study";
import { comparisonTable } from "../report";
import { watermarkStudy } from "../study";
import { encodeParagraphs, readCorpus } from "./corpus-file";
import { openModelParts, requiredModelFlags } from "./open-watermark";
import { readPrompts } from "./text-file";

const PROMPT_TOKENS = 16;

const settingFlags = {
  quick: flags.flag({ help: "Fewer, shorter texts: minutes instead of an hour" }),
  texts: flags.whole({ min: 1, help: "Texts per scheme; 20 by default, 6 with --quick" }),
  bits: flags.whole({
    min: 1,
    max: 24,
    help: "Bits of the payload; 20 by default, 10 with --quick",
  }),
  tokens: flags.whole({ min: 11, help: "Tokens per text; 10 per bit, and 10, by default" }),
  temperature: flags.real({
    min: 0.01,
    max: 100,
    default: 1,
    help: "Sampling temperature of the writing model",
  }),
  seeds: flags.whole({ min: 1, max: 1000, default: 1, help: "Paired seeds" }),
  seed: flags.whole({
    default: 0,
    help: "The first of them: same seed, same numbers but for the times",
  }),
};

const corpusFlags = {
  corpus: flags.file({
    help: "Human text for prompts, for the n-gram proxy and to paste into; Moby Dick and speeches by default",
  }),
  prompts: flags.file({ help: "Prompts, one per line, or a JSON list" }),
};

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
  { corpus, prompts: file }: Values<typeof corpusFlags>,
  { count, seed, tokens }: { count: number; seed: number; tokens: number },
  { model, tokenizer }: { model: CausalLM; tokenizer: Tokenizer },
  { signal }: CliContext,
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

function sizesOf({ quick, texts, tokens, ...given }: Values<typeof settingFlags>) {
  const { bits = quick ? 10 : 20, temperature, seed } = given;
  const count = texts ?? (quick ? 6 : 20);
  const seeds = Array.from({ length: given.seeds }, (_, i) => seed + i);
  return { bits, count, tokens: tokens ?? 10 * bits + 10, temperature, seed, seeds };
}

export const compare = defineCommand({
  description:
    "Runs every scheme on the same prompts with the same model and writes the table of Wang et al. 2024.",
  examples: [
    "watermark compare --model runs/first/base --quick",
    "watermark compare --model stories260K --corpus stories.txt --texts 50 --out comparison",
    "watermark compare --model stories260K --seeds 5   # judges the paper's claims",
  ],
  flags: {
    ...requiredModelFlags,
    ...corpusFlags,
    ...settingFlags,
    out: flags.folder({
      default: "watermark-comparison",
      help: "Folder for runs, results.json and report.html, in which finished schemes are kept",
    }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ out: folder, json, ...values }, context) {
    // Before the model is loaded; the study takes the lock again.
    await withLocks(
      [{ kind: "folder", path: folder }],
      "deepgrain watermark compare",
      async () => {},
    );
    const { seeds, count, ...sizes } = sizesOf(values);
    const { model, tokenizer } = await openModelParts(values, context.signal);
    if (!model || !tokenizer) throw new UsageError(`${values.model} has no tokenizer`);
    const parts = { model, tokenizer };
    const texts = await openTexts(values, { ...sizes, count }, parts, context);
    const { seed, ...rest } = sizes;
    const settings = {
      model: basename(values.model),
      vocabSize: model.config.vocabSize,
      texts: texts.prompts(seed).length,
      ...rest,
      data: await fingerprintData(values.model, texts),
    };
    const study = watermarkStudy({ ...parts, ...texts }, settings);
    const options = { folder, settings, seeds, workers: 1, json, text: comparisonTable };
    await compareStudy(study, options, context);
  },
});
