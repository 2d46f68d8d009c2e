import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import { paraphrase, type Random } from "@deepgrain/watermark";
import type { CliContext } from "../../cli/context";
import { defineCliCommand } from "../../cli/define-command";
import { nextTurn } from "../../cli/next-turn";
import { numberFlag } from "../../cli/number-flag";
import { UsageError } from "../../cli/usage-error";
import { saveJson } from "../../formats/save-file";
import { attackNames, pasteInto, textAttacks, tokenAttacks } from "./attack-names";
import { readCorpus } from "./corpus-file";
import { sameModelProxy } from "./language-model";
import { modelArgs, openModelParts } from "./open-watermark";
import { textsOf } from "./read-flags";
import type { MarkedText } from "./text-file";

const args = {
  attack: { type: "enum", options: attackNames, required: true, description: "Which attack" },
  rate: {
    type: "string",
    description: "Share of tokens, letters or words, from 0 to 1. Default 0.1",
  },
  in: {
    type: "string",
    valueHint: "file",
    description: 'Output of embed or attack, {"input_ids": [[…]]}, or a plain text',
  },
  text: { type: "string", valueHint: "text", description: "The text itself" },
  ...modelArgs,
  "vocab-size": {
    type: "string",
    description: "Tokens to substitute or insert from. Default the tokenizer's or model's",
  },
  human: { type: "string", valueHint: "file", description: "copy-paste: the text to paste into" },
  "human-tokens": {
    type: "string",
    default: "1000",
    description: "copy-paste: tokens of it around each text",
  },
  pieces: { type: "string", default: "1", description: "copy-paste: pieces a text is cut into" },
  seed: { type: "string", default: "0", description: "Same seed, same edits" },
  out: {
    type: "string",
    writes: "file",
    valueHint: "file",
    description: "Where to write; stdout without it",
  },
  json: { type: "boolean", description: "Errors as JSON too; the output always is" },
} as const;

interface Tools {
  rate: number;
  random: Random;
  model: CausalLM | undefined;
  tokenizer: Tokenizer | undefined;
  vocabSize: number | undefined;
  human: readonly number[];
  pieces: number;
  length: number;
}

function idsOf({ ids, text }: MarkedText, tokenizer: Tokenizer | undefined): readonly number[] {
  if (ids) return ids;
  if (tokenizer) return tokenizer.encode(text!, { addSpecialTokens: false });
  throw new UsageError("this attack edits tokens: give a file with ids, or --tokenizer");
}

function charactersOf({ ids, text }: MarkedText, tokenizer: Tokenizer | undefined): string {
  if (text !== undefined) return text;
  if (tokenizer) return tokenizer.decode(ids!, { skipSpecialTokens: true });
  throw new UsageError("this attack edits letters: give a file with text, or --tokenizer");
}

async function editIds(name: string, ids: readonly number[], tools: Tools): Promise<number[]> {
  const { rate, random, model, tokenizer, vocabSize, human } = tools;
  if (name === "copy-paste") {
    if (human.length === 0) throw new UsageError("copy-paste needs --human");
    return pasteInto(ids, human, tools, random);
  }
  if (name === "paraphrase") {
    if (!model) throw new UsageError("paraphrase needs --model, the one that rewrites");
    return paraphrase(ids, sameModelProxy(model, tokenizer), { rate }, random);
  }
  const needsVocabulary = name === "substitute" || name === "insert";
  if (needsVocabulary && vocabSize === undefined)
    throw new UsageError(`${name} needs --vocab-size, --model or --tokenizer`);
  return tokenAttacks[name]!(ids, rate, { vocabSize: vocabSize ?? 0 }, random);
}

async function attackText(name: string, text: MarkedText, tools: Tools): Promise<MarkedText> {
  const { tokenizer, rate, random } = tools;
  const edit = textAttacks[name];
  const prompt = text.prompt === undefined ? {} : { prompt: text.prompt };
  if (edit) return { ...prompt, text: edit(charactersOf(text, tokenizer), rate, random) };
  const ids = await editIds(name, idsOf(text, tokenizer), tools);
  const shown = tokenizer && { text: tokenizer.decode(ids, { skipSpecialTokens: true }) };
  return { ...prompt, ...shown, ids };
}

type OptionalFlag = "rate" | "human" | "vocab-size" | "model" | "tokenizer";
type Flags = { [name in OptionalFlag]?: string | undefined } & {
  [name in "seed" | "pieces" | "human-tokens"]: string;
};

async function openTools(flags: Flags, context: CliContext): Promise<Tools> {
  const rate = numberFlag("rate", flags.rate, { max: 1, whole: false }) ?? 0.1;
  const random = createRandom(numberFlag("seed", flags.seed)!).next;
  const pieces = numberFlag("pieces", flags.pieces, { min: 1 })!;
  const length = numberFlag("human-tokens", flags["human-tokens"], { min: 1 })!;
  const given = numberFlag("vocab-size", flags["vocab-size"], { min: 2 });
  const { model, tokenizer } = await openModelParts(flags, context);
  const vocabSize = given ?? tokenizer?.vocabSize ?? model?.config.vocabSize;
  const human = flags.human && (await readCorpus(context.resolve(flags.human), tokenizer)).flat();
  return { rate, random, pieces, length, model, tokenizer, vocabSize, human: human || [] };
}

export const attack = defineCliCommand({
  name: "attack",
  description: "Edits marked texts as somebody would who wants to lose the mark.",
  examples: [
    "watermark attack --attack substitute --rate 0.3 --in marked.json --vocab-size 512 --out edited.json",
    "watermark attack --attack copy-paste --pieces 3 --human human.txt --in marked.json --tokenizer DIR --out pasted.json",
    "watermark attack --attack paraphrase --rate 0.5 --model DIR --in marked.json --out rewritten.json",
    "watermark attack --attack homoglyph --rate 0.2 --text 'Once upon a time'",
  ],
  args,
  async run(args, context) {
    const texts = await textsOf(args, context);
    const tools = await openTools(args, context);
    const task = context.progress.task("editing");
    const edited: MarkedText[] = [];
    for (const [i, text] of texts.entries()) {
      context.signal.throwIfAborted();
      task.update(i / texts.length, `text ${i + 1} of ${texts.length}`);
      edited.push(await attackText(args.attack, text, tools));
      await nextTurn();
    }
    const result = { attack: args.attack, rate: tools.rate, texts: edited };
    if (args.out !== undefined) await saveJson(context.resolve(args.out), result);
    else context.write(`${JSON.stringify(result)}\n`);
  },
});
