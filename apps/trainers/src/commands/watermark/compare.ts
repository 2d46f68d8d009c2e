import { basename, join } from "node:path";
import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import type { CliContext } from "../../cli/context";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { UsageError } from "../../cli/usage-error";
import { saveFile, saveJson } from "../../formats/save-file";
import { englishText } from "../../job/english-text";
import { type ComparedRow, compareAll } from "./comparison";
import { renderComparison } from "./comparison-report";
import { comparisonTable } from "./comparison-table";
import { encodeParagraphs, readCorpus } from "./corpus-file";
import { openModelParts } from "./open-watermark";
import { readPrompts } from "./text-file";

const PROMPT_TOKENS = 16;

const args = {
  model: {
    type: "string",
    required: true,
    valueHint: "dir",
    description: "Hugging Face folder, or one with a llama2.c model and its tok….bin",
  },
  tokenizer: { type: "string", valueHint: "dir", description: "Folder of another tokenizer" },
  corpus: {
    type: "string",
    valueHint: "file",
    description:
      "Human text for prompts, for the n-gram proxy and to paste into. Default: Moby Dick and speeches",
  },
  prompts: { type: "string", valueHint: "file", description: "One a line, or a JSON list" },
  texts: { type: "string", description: "Texts a scheme. Default 20; with --quick 6" },
  bits: { type: "string", description: "Payload, 1 to 24. Default 20; with --quick 10" },
  tokens: { type: "string", description: "Tokens a text. Default 10 a bit, and 10" },
  temperature: { type: "string", default: "1", description: "Of the writing model" },
  quick: { type: "boolean", description: "Fewer, shorter texts: minutes instead of an hour" },
  seed: { type: "string", default: "0", description: "Same seed, same numbers but for the times" },
  out: {
    type: "string",
    default: "watermark-comparison",
    writes: "folder",
    valueHint: "dir",
    description: "Folder for comparison.json and report.html",
  },
  json: { type: "boolean", description: "The result as JSON on stdout" },
} as const;

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
  flags: { corpus?: string | undefined; prompts?: string | undefined },
  { count, seed, tokens }: { count: number; seed: number; tokens: number },
  { model, tokenizer }: { model: CausalLM; tokenizer: Tokenizer },
  { resolve, signal }: CliContext,
): Promise<Texts> {
  const paragraphs =
    flags.corpus === undefined
      ? (await englishText({ characters: 300_000, signal })).train.flatMap((text) =>
          encodeParagraphs(text, tokenizer),
        )
      : await readCorpus(resolve(flags.corpus), tokenizer);
  const given = flags.prompts === undefined ? undefined : await readPrompts(resolve(flags.prompts));
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

function settingsOf(
  flags: { [name in "texts" | "bits" | "tokens" | "temperature" | "seed"]?: string | undefined },
  isQuick: boolean,
) {
  const bits = numberFlag("bits", flags.bits, { min: 1, max: 24 }) ?? (isQuick ? 10 : 20);
  return {
    bits,
    count: numberFlag("texts", flags.texts, { min: 1 }) ?? (isQuick ? 6 : 20),
    tokens: numberFlag("tokens", flags.tokens, { min: 11 }) ?? 10 * bits + 10,
    temperature: numberFlag("temperature", flags.temperature, {
      min: 0.01,
      max: 100,
      whole: false,
    })!,
    seed: numberFlag("seed", flags.seed)!,
  };
}

export const compare = defineCliCommand({
  name: "compare",
  description:
    "Runs every scheme on the same prompts with the same model and writes the table of Wang et al. 2024.",
  examples: [
    "watermark compare --model runs/first/base --quick",
    "watermark compare --model stories260K --corpus stories.txt --texts 50 --out comparison",
  ],
  args,
  async run(args, context) {
    const settings = settingsOf(args, args.quick === true);
    const { model, tokenizer } = await openModelParts(args, context);
    if (!model || !tokenizer) throw new UsageError(`${args.model} has no tokenizer`);
    const parts = { model, tokenizer };
    const texts = await openTexts(args, settings, parts, context);
    const task = context.progress.task("comparing");
    const rows: ComparedRow[] = [];
    const { signal } = context;
    for await (const row of compareAll({ ...settings, ...parts, ...texts, task, signal }))
      rows.push(row);
    task.end(`${rows.length} schemes`);
    const { count, ...rest } = settings;
    const result = { model: basename(args.model), texts: texts.prompts.length, ...rest, rows };
    const folder = context.resolve(args.out);
    await saveJson(join(folder, "comparison.json"), result);
    await saveFile(join(folder, "report.html"), renderComparison(result));
    if (args.json) context.write(`${JSON.stringify(result)}\n`);
    else context.write(`${comparisonTable(rows)}\n${join(folder, "report.html")}\n`);
  },
});
