import { evaluatePredictions } from "@deepgrain/esft";
import { type CausalLM, evaluate } from "@deepgrain/lm";
import { nextTurn } from "../../cli/next-turn";
import { answerPrompts } from "../../training/answer-prompts";
import {
  type ComparisonData,
  encodePrompt,
  heldOutBatches,
  type TaskData,
} from "./comparison-data";
import type { EsftSettings } from "./recipe";

/** Losses of held-out text by its name, in nats per token. */
export async function textLosses(
  model: CausalLM,
  { corpora }: ComparisonData,
  settings: EsftSettings,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const losses: Record<string, number> = {};
  for (const corpus of corpora) {
    const batches = heldOutBatches(corpus, settings);
    if (batches.length === 0) continue;
    losses[corpus.name] = (await evaluate(model, batches, { signal })).loss;
    await nextTurn();
  }
  return losses;
}

const SAMPLES = 3;

/**
 * Lets a model answer held-out questions, the likeliest token each time.
 * @returns the share of answers right to the letter, the mean chrF from 0 to 1, and a few of the answers
 */
export async function answerQuestions(
  model: CausalLM,
  { tokenizer }: ComparisonData,
  { questions, task }: TaskData,
  signal: AbortSignal,
) {
  const prompts = questions.map(({ prompt }) => encodePrompt(prompt, tokenizer));
  const options = { maxNewTokens: task.longestAnswer, signal };
  const outputs = await answerPrompts(model, tokenizer, prompts, options);
  const wanted = questions.map(({ answer }) => [answer]);
  return {
    exact: evaluatePredictions(outputs, wanted, "exact").mean,
    chrF: evaluatePredictions(outputs, wanted, "chrf").mean,
    samples: questions.slice(0, SAMPLES).map((pair, i) => ({ ...pair, output: outputs[i]! })),
  };
}
