import { createRandom } from "@deepgrain/lm";
import { readCorpus } from "@deepgrain/studies/balance-marking/corpus-file";
import { sameModelProxy } from "@deepgrain/studies/balance-marking/language-model";
import { openModelParts } from "@deepgrain/studies/balance-marking/open-model";
import type { MarkedText } from "@deepgrain/studies/balance-marking/text-file";
import { problemOf, takeTurn } from "@deepgrain/support";
import { attackNames, attackText, WatermarkError } from "@deepgrain/watermark";
import { fields } from "@deepgrain/watermark/fields";
import type { CliContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import { modelFlags } from "./open-watermark";
import { textFlags, textsOf } from "./read-flags";

const { rate, vocabSize, humanTokens, pieces } = flagsFrom(fields.attack);

const toolFlags = {
  rate,
  ...modelFlags,
  vocabSize,
  human: flags.file({ help: "copy-paste: the text to paste into" }),
  humanTokens,
  pieces,
  seed: flags.whole({ default: 0, help: "Same seed, same edits" }),
};

/** The tools that attacks need, as far as the flags give them. */
async function openTools(given: Values<typeof toolFlags>, { signal }: CliContext) {
  const { rate, seed, pieces, humanTokens } = given;
  const { model, tokenizer } = await openModelParts(given, signal);
  return {
    rate,
    pieces,
    humanTokens,
    random: createRandom(seed).next,
    vocabSize: given.vocabSize ?? tokenizer?.vocabSize ?? model?.config.vocabSize,
    human: given.human === undefined ? [] : (await readCorpus(given.human, tokenizer)).flat(),
    rewriter: model && (() => sameModelProxy(model, tokenizer)),
    tokenizer: tokenizer && {
      encode: (text: string) => tokenizer.encode(text, { addSpecialTokens: false }),
      decode: (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: true }),
    },
  };
}

/** The flags that give what an attack lacks. */
const flagsFor: Readonly<Record<string, string>> = {
  tokenizer: "--tokenizer",
  vocabSize: "--vocab-size, --model or --tokenizer",
  rewriter: "--model",
  human: "--human",
};

function namingFlag(error: unknown): never {
  const needs = WatermarkError.isInstance(error) ? error.fields.needs : undefined;
  if (typeof needs !== "string") throw error;
  throw new UsageError(`${problemOf(error)}: give ${flagsFor[needs]}`, { cause: error });
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
      const changed = await attackText(values.attack, text, tools).catch(namingFlag);
      edited.push(text.prompt === undefined ? changed : { prompt: text.prompt, ...changed });
      await takeTurn();
    }
    const result = { attack: values.attack, rate: tools.rate, texts: edited };
    if (values.out !== undefined) await values.out.saveJson(result);
    else context.write(`${JSON.stringify(result)}\n`);
  },
});
