import { having, optionsOf, refuseUnknown } from "../errors";
import type { HookedModel } from "../model";
import { assertField } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { type Answer, type AnswerOptions, accuracyOf, answers } from "../run/answers";
import { meanOf } from "../support/mean";

/** The quality of the answers to labelled prompts. */
export interface PromptEvaluation {
  accuracy: number;
  /** Per class, the share of its prompts with a correct answer; null if it has no prompts. */
  perClass: (number | null)[];
  /** How often each class is predicted. */
  predicted: number[];
  /** Mean cross-entropy of the right class among the classes, in nats. */
  meanLoss: number;
  answers: Answer[];
}

/**
 * Plain k-shot evaluation: each prompt is classified by its class logits.
 * @throws {AnchorsError} `ERR_MISSING` for a prompt without `gold`, and as `answers`
 */
export async function evaluatePrompts(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: AnswerOptions = {},
): Promise<PromptEvaluation> {
  having("evaluatePrompts", "model", model, "config", "hiddenStates", "head");
  const { batchSize, onProgress, signal, hooks, firstPosition, topK, ...rest } = optionsOf(
    "evaluatePrompts",
    options,
  );
  refuseUnknown("evaluatePrompts", rest);
  assertField("evaluatePrompts", prompts, "gold");
  const given = await answers(model, prompts, {
    batchSize,
    onProgress,
    signal,
    hooks,
    firstPosition,
    topK,
  });
  const classes = prompts[0]!.classIds.map((_, kind) => kind);
  const isRight = (i: number) => given[i]!.prediction === prompts[i]!.gold;
  return {
    accuracy: accuracyOf(prompts, given)!,
    perClass: classes.map((kind) => {
      const own = prompts.flatMap(({ gold }, i) => (gold === kind ? [+isRight(i)] : []));
      return own.length === 0 ? null : meanOf(own);
    }),
    predicted: classes.map((kind) => given.filter(({ prediction }) => prediction === kind).length),
    meanLoss: meanOf(given.map((answer, i) => lossOf(answer.classLogits, prompts[i]!.gold!))),
    answers: given,
  };
}

function lossOf(logits: Float64Array, gold: number): number {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return Math.log(sum) + most - logits[gold]!;
}
