import {
  answers,
  blockPromptSet,
  blockTask,
  type FlowMeans,
  isolate,
  saliencyFlow,
} from "@deepgrain/icl-anchors";
import type { CausalLM } from "@deepgrain/lm";
import { type End, ends, LAYERS, PROMPTS, type Target } from "./names";

/** A model's answers after a cut, beside those without it. */
export interface Cut {
  where: End;
  layers: number;
  /** Share of answers that stay. */
  labelLoyalty: number;
  /** How alike the five likeliest words stay, from 0 to 1. */
  wordLoyalty: number;
  /** Share of right answers. */
  accuracy: number;
}

/** A model's flow and answers on the prompts of a seed. */
export interface Look {
  /** Shares of the flow into label words, from label words into the answer, and of the rest, per layer. */
  flow: FlowMeans[];
  /** Share of right answers without a cut. */
  accuracy: number;
  /** Every number of layers from both ends. */
  cuts: Cut[];
}

/** Tokens whose likelihood is compared by word loyalty. */
export const TOP_K = 5;

/** The prompts of a seed, each with demonstrations of its own. */
export const promptsOf = (seed: number) =>
  blockPromptSet(blockTask, { seed, items: PROMPTS, demonstrations: "fresh" }).prompts;

/** Measures a model's flow, and its loyalty under all cuts of one kind of token. */
export async function lookAt(
  model: CausalLM,
  { seed, target }: { seed: number; target: Target },
  signal: AbortSignal,
): Promise<Look> {
  const prompts = promptsOf(seed);
  const { relative } = await saliencyFlow(model, prompts, { signal });
  const original = await answers(model, prompts, { topK: TOP_K, signal });
  const cuts: Cut[] = [];
  let whole = 0;
  for (const where of ends)
    for (let layers = 1; layers <= LAYERS; layers++) {
      const options = { where, layers, target, seed, topK: TOP_K, original, signal };
      const found = await isolate(model, prompts, options);
      const { labelLoyalty, wordLoyalty, accuracy, originalAccuracy } = found;
      cuts.push({ where, layers, labelLoyalty, wordLoyalty, accuracy: accuracy! });
      whole = originalAccuracy!;
    }
  return { flow: relative, accuracy: whole, cuts };
}
