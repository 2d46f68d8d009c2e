import { basename, join } from "node:path";
import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import type { CliContext } from "../../../cli/context";
import { defineCommand } from "../../../cli/define-command";
import type { Values } from "../../../cli/flags";
import * as flags from "../../../cli/flags";
import { UsageError } from "../../../cli/usage-error";
import { saveFile, saveJson } from "../../../formats/save-file";
import { englishText } from "../../../training/english-text";
import { type ComparedRow, compareAll } from "../comparison";
import { renderComparison } from "../comparison-report";
import { comparisonTable } from "../comparison-table";
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
  seed: flags.whole({ default: 0, help: "Same seed, same numbers but for the times" }),
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
  prompts: number[][];
  human: number[];
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
  const prompts = given
    ? given.map((prompt) => tokenizer.encode(prompt))
    : drawPrompts(paragraphs, count, seed).map((ids) => (bos === undefined ? ids : [bos, ...ids]));
  const human = paragraphs.flat();
  if (prompts.length === 0 || human.length < 2 * tokens)
    throw new UsageError(
      `the corpus must have at least ${2 * tokens} tokens and a paragraph of ${PROMPT_TOKENS}, got ${human.length} tokens`,
    );
  const longest = Math.max(...prompts.map(({ length }) => length));
  const { maxPositionEmbeddings } = model.config;
  if (longest + tokens > maxPositionEmbeddings)
    throw new UsageError(
      `--tokens must be at most ${maxPositionEmbeddings - longest}: the model has ${maxPositionEmbeddings} positions, a prompt ${longest} tokens`,
    );
  return { prompts, human };
}

function settingsOf({ quick, texts, tokens, ...given }: Values<typeof settingFlags>) {
  const { bits = quick ? 10 : 20, temperature, seed } = given;
  const count = texts ?? (quick ? 6 : 20);
  return { bits, count, tokens: tokens ?? 10 * bits + 10, temperature, seed };
}

export const compare = defineCommand({
  description:
    "Runs every scheme on the same prompts with the same model and writes the table of Wang et al. 2024.",
  examples: [
    "watermark compare --model runs/first/base --quick",
    "watermark compare --model stories260K --corpus stories.txt --texts 50 --out comparison",
  ],
  flags: {
    ...requiredModelFlags,
    ...corpusFlags,
    ...settingFlags,
    out: flags.folder({
      default: "watermark-comparison",
      writes: "folder",
      help: "Folder for comparison.json and report.html",
    }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ out: folder, json, ...values }, context) {
    const settings = settingsOf(values);
    const { model, tokenizer } = await openModelParts(values, context.signal);
    if (!model || !tokenizer) throw new UsageError(`${values.model} has no tokenizer`);
    const parts = { model, tokenizer };
    const texts = await openTexts(values, settings, parts, context);
    const task = context.progress.task("comparing");
    const rows: ComparedRow[] = [];
    const { signal } = context;
    for await (const row of compareAll({ ...settings, ...parts, ...texts, task, signal }))
      rows.push(row);
    task.end(`${rows.length} schemes`);
    const { count, ...rest } = settings;
    const result = { model: basename(values.model), texts: texts.prompts.length, ...rest, rows };
    await saveJson(join(folder, "comparison.json"), result);
    await saveFile(join(folder, "report.html"), renderComparison(result));
    if (json) context.write(`${JSON.stringify(result)}\n`);
    else context.write(`${comparisonTable(rows)}\n${join(folder, "report.html")}\n`);
  },
});
