import {
  type AnnotationPlan,
  type AnnotationSettings,
  createAnswerChecker,
  plan,
  type Solution,
  workloadOf,
} from "@deepgrain/prm";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";

/** How answers are read and compared. */
export const answerFlags = {
  format: flags.choice(["gsm8k", "math", "prm800k"], {
    default: "gsm8k",
    help: "Rules by which answers are read and compared",
  }),
  marker: flags.text({ help: "Text before an answer; the format's own by default" }),
};

export const checkerOf = ({ format, marker }: Values<typeof answerFlags>) =>
  createAnswerChecker({ format, marker });

/** How steps are labelled. */
export const annotationFlags = {
  ...answerFlags,
  n: flags.whole({ min: 1, default: 8, help: "Completions per step" }),
  mode: flags.choice(["hard", "soft"], {
    default: "hard",
    help: "1 where a completion reaches the answer, or the share of those that do",
  }),
  threshold: flags.real({
    max: 1,
    default: 0,
    help: "Share of hits above which a hard label is 1",
  }),
  strategy: flags.choice(["linear", "binary"], {
    default: "linear",
    help: "Estimate every step, or find the first error by binary search",
  }),
  earlyStop: flags.flag({ help: "Stop a step's completions at the first hit" }),
  dropAfterFirstError: flags.flag({ help: "Leave out the steps after the first one of value 0" }),
  seed: flags.whole({ default: 0, help: "Same seed, same completions" }),
};

export type AnnotationValues = Values<typeof annotationFlags>;

export const annotationSettings = (
  {
    n,
    mode,
    threshold,
    strategy,
    earlyStop,
    dropAfterFirstError,
    seed,
    completionsPerRequest: callSize,
    ...answers
  }: AnnotationValues & { completionsPerRequest: number },
  completerId: string,
): AnnotationSettings => ({
  n,
  mode,
  threshold,
  strategy,
  earlyStop,
  dropAfterFirstError,
  seed,
  callSize,
  completerId,
  checker: checkerOf(answers),
});

/** The assumptions of a plan. */
export const planFlags = {
  plan: flags.flag({ help: "Print what it would take, and send nothing" }),
  workers: flags.whole({
    default: 1,
    help: "Workers: for the plan, and with --queue here; 0 leaves the work to others",
  }),
  tokensPerSecond: flags.real({
    min: 0.001,
    default: 1000,
    help: "Generated tokens per second of one worker, for the plan",
  }),
  promptPrice: flags.real({ default: 0, help: "Price of a million prompt tokens, for the plan" }),
  completionPrice: flags.real({
    default: 0,
    help: "Price of a million generated tokens, for the plan",
  }),
};

/** Approximate number of tokens in a text: four characters each. */
const tokensOf = (text: string) => Math.max(1, Math.ceil(text.length / 4));

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / Math.max(1, numbers.length);

/** The cost of annotating some solutions; tokens are estimated from their texts. */
export function planOf(
  solutions: readonly Solution[],
  {
    n,
    strategy,
    earlyStop,
    completionsPerRequest: callSize,
    ...given
  }: AnnotationValues & Values<typeof planFlags> & { completionsPerRequest: number },
): AnnotationPlan {
  const tokens = {
    problem: mean(solutions.map(({ problem }) => tokensOf(problem))),
    step: mean(solutions.flatMap(({ steps }) => steps.map(tokensOf))),
  };
  return plan(workloadOf(solutions), {
    n,
    strategy,
    earlyStop,
    callSize,
    tokens,
    workers: Math.max(1, given.workers),
    tokensPerSecond: given.tokensPerSecond,
    pricePerMillion: { prompt: given.promptPrice, completion: given.completionPrice },
  });
}

const whole = (value: number) => Math.round(value).toLocaleString("en");

/** A plan as readable text. */
export const planText = ({ cost, hours, ...counts }: AnnotationPlan, workers: number): string =>
  [
    `${whole(counts.solutions)} solutions, ${whole(counts.steps)} steps`,
    `at most ${whole(counts.completions)} completions in ${whole(counts.requests)} requests`,
    `about ${whole(counts.promptTokens)} prompt tokens and ${whole(counts.completionTokens)} generated ones (four characters each)`,
    ...(counts.savedPromptTokens > 0
      ? [`--completions-per-request saves about ${whole(counts.savedPromptTokens)} prompt tokens`]
      : []),
    `${hours.toFixed(2)} hours with ${workers} worker${workers > 1 ? "s" : ""}`,
    `cost ${cost.toFixed(2)}`,
  ].join("\n");
