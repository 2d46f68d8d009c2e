import { type CausalLM, createRandom, type Tokenizer } from "@deepgrain/lm";
import { readCorpus } from "@deepgrain/studies/balance-marking/corpus-file";
import { sameModelProxy } from "@deepgrain/studies/balance-marking/language-model";
import { openModelParts } from "@deepgrain/studies/balance-marking/open-model";
import type { MarkedText } from "@deepgrain/studies/balance-marking/text-file";
import { takeTurn } from "@deepgrain/support";
import { paraphrase, type Random } from "@deepgrain/watermark";
import type { CliContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { attackNames, pasteInto, textAttacks, tokenAttacks } from "./attack-names";
import { modelFlags } from "./open-watermark";
import { textFlags, textsOf } from "./read-flags";

const toolFlags = {
  rate: flags.real({ max: 1, default: 0.1, help: "Share of tokens, letters or words" }),
  ...modelFlags,
  vocabSize: flags.whole({
    min: 2,
    help: "Tokens to substitute or insert from; the tokenizer's or the model's by default",
  }),
  human: flags.file({ help: "copy-paste: the text to paste into" }),
  humanTokens: flags.whole({
    min: 1,
    default: 1000,
    help: "copy-paste: tokens of it around each text",
  }),
  pieces: flags.whole({ min: 1, default: 1, help: "copy-paste: pieces a text is cut into" }),
  seed: flags.whole({ default: 0, help: "Same seed, same edits" }),
};

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

async function openTools(given: Values<typeof toolFlags>, { signal }: CliContext): Promise<Tools> {
  const { rate, seed, pieces, humanTokens: length } = given;
  const random = createRandom(seed).next;
  const { model, tokenizer } = await openModelParts(given, signal);
  const vocabSize = given.vocabSize ?? tokenizer?.vocabSize ?? model?.config.vocabSize;
  const human = given.human === undefined ? [] : (await readCorpus(given.human, tokenizer)).flat();
  return { rate, random, pieces, length, model, tokenizer, vocabSize, human };
}

export const attack = defineCommand({
  description: "Edits marked texts the way an attacker would.",
  examples: [
    "watermark attack --attack substitute --rate 0.3 --in marked.json --vocab-size 512 --out edited.json",
    "watermark attack --attack copy-paste --pieces 3 --human human.txt --in marked.json --tokenizer DIR --out pasted.json",
    "watermark attack --attack paraphrase --rate 0.5 --model DIR --in marked.json --out rewritten.json",
    "watermark attack --attack homoglyph --rate 0.2 --text 'Once upon a time'",
  ],
  flags: {
    attack: flags.choice(attackNames, {
      required: true,
      hint: "name",
      help: `One of ${attackNames.join(", ")}`,
    }),
    ...textFlags,
    ...toolFlags,
    out: flags.outFile({ help: "File to write; stdout without it" }),
    json: flags.flag({ help: "Errors as JSON too; the output always is" }),
  },
  async run(values, context) {
    const texts = await textsOf(values);
    const tools = await openTools(values, context);
    const task = context.progress.task("editing");
    const edited: MarkedText[] = [];
    for (const [i, text] of texts.entries()) {
      context.signal.throwIfAborted();
      task.update(i / texts.length, `text ${i + 1} of ${texts.length}`);
      edited.push(await attackText(values.attack, text, tools));
      await takeTurn();
    }
    const result = { attack: values.attack, rate: tools.rate, texts: edited };
    if (values.out !== undefined) await values.out.saveJson(result);
    else context.write(`${JSON.stringify(result)}\n`);
  },
});
