import { chrF, evaluatePredictions, exactMatch } from "@deepgrain/esft";
import { type CausalLM, evaluate, generate } from "@deepgrain/lm";
import { nextTurn } from "../../cli/next-turn";
import { type ComparisonData, heldOutBatches, type TaskData } from "./comparison-data";
import { encodePrompt } from "./encode-data";
import type { EsftSettings } from "./settings";

/** Losses of held-out text by its name, in nats a token. */
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

/** How well a model answers. */
export interface Answered {
  /** Share of answers that are right to the letter. */
  exact: number;
  /** Mean chrF, from 0 to 1. */
  chrF: number;
  /** A few questions with what was wanted and what came. */
  samples: { prompt: string; answer: string; output: string }[];
}

const SAMPLES = 3;

/** Lets a model answer held-out questions, the likeliest token each time. */
export async function answerQuestions(
  model: CausalLM,
  { tokenizer }: ComparisonData,
  { questions, task }: TaskData,
  signal: AbortSignal,
): Promise<Answered> {
  const prompts = questions.map(({ prompt }) => encodePrompt(prompt, tokenizer));
  const longest = Math.max(...prompts.map(({ length }) => length));
  const pad = (ids: readonly number[], filler: number) => [
    ...new Array<number>(longest - ids.length).fill(filler),
    ...ids,
  ];
  const rows = prompts.map((ids) => pad(ids, tokenizer.padTokenId!));
  const attentionMask = prompts.flatMap((ids) =>
    pad(
      ids.map(() => 1),
      0,
    ),
  );
  const events = generate(model, rows, {
    maxNewTokens: task.longestAnswer,
    attentionMask,
    signal,
  });
  const decode = (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: true });
  for (;;) {
    const { done, value } = await events.next();
    await nextTurn();
    if (!done) continue;
    const outputs = value.map(decode);
    const wanted = questions.map(({ answer }) => [answer]);
    return {
      exact: evaluatePredictions(outputs, wanted, exactMatch).mean,
      chrF: evaluatePredictions(outputs, wanted, (own, answer) => chrF(own, answer)).mean,
      samples: questions
        .slice(0, SAMPLES)
        .map(({ prompt, answer }, i) => ({ prompt, answer, output: outputs[i]! })),
    };
  }
}
