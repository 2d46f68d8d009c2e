/** @file Writing and reading many texts, all at once where the model can. */
import { takeTurn } from "@deepgrain/support";
import type { Random } from "../attacks/token-attacks";
import type { Processor } from "../core/processor";
import { continueText, createSampler } from "../core/sampler";
import { softmax64 } from "../proxy/proxy-lm";
import { type LanguageModel, perplexity } from "./quality";

/** How texts are sampled. */
interface Writing {
  tokens: number;
  temperature: number;
  random: Random;
  signal?: AbortSignal | undefined;
}

/** A text to be written: its beginning, and its mark if it has one. */
export interface Beginning {
  prompt: readonly number[];
  processor?: Processor | undefined;
}

/** Continues every prompt: all together where the model reads several texts at once, otherwise one after the other. */
export async function writeTexts(
  model: LanguageModel,
  beginnings: readonly Beginning[],
  { tokens, signal, random, temperature }: Writing,
): Promise<number[][]> {
  const sampling = { random, temperature };
  if (!model.batch) {
    const texts: number[][] = [];
    for (const { prompt, processor } of beginnings)
      texts.push(await continueText(model, processor, tokens, { ...sampling, prompt, signal }));
    return texts;
  }
  const samplers = beginnings.map(({ prompt, processor }) => {
    processor?.reset();
    return createSampler(processor, { ...sampling, prompt });
  });
  for (let i = 0; i < tokens; i++) {
    await takeTurn();
    signal?.throwIfAborted();
    for (const sampler of samplers) await sampler.prepare();
    const logits = await model.batch(samplers.map(({ ids }) => ids));
    samplers.forEach((sampler, row) => {
      sampler.next(logits[row]!);
    });
  }
  return samplers.map(({ ids }, row) => ids.slice(beginnings[row]!.prompt.length));
}

/**
 * The logarithm of each text's perplexity, as `perplexity` has it.
 * @param texts of the same number of tokens, each with the prompt that it continues
 */
export async function logPerplexities(
  model: LanguageModel,
  texts: readonly { prompt: readonly number[]; ids: readonly number[] }[],
): Promise<number[]> {
  if (!model.batch) {
    const found: number[] = [];
    for (const { ids, prompt } of texts) found.push(Math.log(await perplexity(model, ids, prompt)));
    return found;
  }
  const contexts = texts.map(({ prompt }) => [...prompt]);
  const losses = texts.map(() => 0);
  const tokens = texts[0]?.ids.length ?? 0;
  for (let t = 0; t < tokens; t++) {
    await takeTurn();
    const logits = await model.batch(contexts);
    texts.forEach(({ ids }, row) => {
      losses[row]! -= Math.log(softmax64(logits[row]!)[ids[t]!]!);
      contexts[row]!.push(ids[t]!);
    });
  }
  return losses.map((loss) => loss / tokens);
}
