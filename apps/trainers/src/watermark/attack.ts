import type { CliContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { createRandom } from "@deepgrain/lm";
import { readCorpus } from "@deepgrain/studies/balance-marking/corpus-file";
import { sameModelProxy } from "@deepgrain/studies/balance-marking/language-model";
import { openModelParts } from "@deepgrain/studies/balance-marking/open-model";
import type { MarkedText } from "@deepgrain/studies/balance-marking/text-file";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf, takeTurn } from "@deepgrain/support";
import { attackText, WatermarkError } from "@deepgrain/watermark";
import type { attackFlags, toolFlags } from "./flags";
import { textsOf } from "./read-options";

/** The tools that attacks need, as far as the flags give them. */
async function openTools(given: Values<typeof toolFlags>, { signal }: CliContext) {
  const { editRate: rate, seed, pieces, humanTokens } = given;
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

/** `watermark attack`. */
export const attack: RunCommand<typeof attackFlags> = async (values, context) => {
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
};
