import type { ModelHooks } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { AnchorsError, having, listOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { HookedModel } from "../model";
import { checkPrompts, idsOf } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { type PromptBatch, promptBatches, targetLogits } from "./prompt-batch";

/** A model's answer to one prompt. */
export interface Answer {
  /** Logit of each class, averaged over its ids. */
  classLogits: Float64Array;
  /** Softmax over the class logits. */
  probabilities: Float64Array;
  /** The class with the largest logit; on ties, the first. */
  prediction: number;
  /** The most likely tokens of the whole vocabulary, best first; ties go to the lower id. */
  topTokens: Int32Array;
}

/** Options of everything that runs many prompts. */
export interface RunOptions {
  /** Number of prompts that run together. Default 16. */
  batchSize?: number | undefined;
  /** Called after each batch with the number of prompts done and the total. */
  onProgress?: ((done: number, all: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Options of {@link answers}. */
export interface AnswerOptions extends RunOptions {
  /** Hooks of each batch, such as those of an isolation. */
  hooks?: ((batch: PromptBatch) => ModelHooks | undefined) | undefined;
  /** Position of the first token. Default 0. */
  firstPosition?: number | undefined;
  /** Tokens in `topTokens`. Default 10. */
  topK?: number | undefined;
}

/** Indices of the `k` largest numbers, best first; ties go to the lower index. */
function largestIndices(values: ArrayLike<number>, k: number): Int32Array {
  const best: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (best.length === k && value <= values[best[k - 1]!]!) continue;
    let at = best.length;
    while (at > 0 && value > values[best[at - 1]!]!) at--;
    best.splice(at, 0, i);
    if (best.length > k) best.pop();
  }
  return Int32Array.from(best);
}

function softmax(values: Float64Array): Float64Array {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/**
 * The answer in a row of logits.
 *
 * @param logits of the whole vocabulary
 * @param classIds per class, the id or ids whose logits are used
 * @param options.topK tokens in `topTokens`, default 10
 * @throws {AnchorsError} `ERR_NOT_FINITE` for a class logit that is not finite
 */
export function answerOf(
  logits: ArrayLike<number>,
  classIds: Prompt["classIds"],
  options: { topK?: number | undefined } = {},
): Answer {
  const { topK = 10, ...rest } = optionsOf("answerOf", options);
  refuseUnknown("answerOf", rest);
  const scores = Float64Array.from(classIds, (id) => {
    const ids = idsOf(id);
    return ids.reduce((sum, one) => sum + logits[one]!, 0) / ids.length;
  });
  if (!scores.every(Number.isFinite))
    throw new AnchorsError(
      "ERR_NOT_FINITE",
      `icl-anchors/answers: the logits of the classes must be finite, got ${[...scores].join(", ")}`,
    );
  const prediction = scores.indexOf(Math.max(...scores));
  const topTokens = largestIndices(logits, topK);
  return { classLogits: scores, probabilities: softmax(scores), prediction, topTokens };
}

/**
 * The model's answer to each prompt: the logits at the target, of the classes only and of the whole vocabulary.
 *
 * @throws {AnchorsError} `ERR_MISSING`, `ERR_LENGTH`, `ERR_RANGE`, `ERR_SHAPE` for prompts that do not fit the model,
 *   `ERR_NOT_FINITE`; the signal's reason
 */
export async function answers(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: AnswerOptions = {},
): Promise<Answer[]> {
  having("answers", "model", model, "config", "hiddenStates", "head");
  const {
    batchSize = 16,
    onProgress,
    signal,
    hooks,
    firstPosition,
    topK = 10,
    ...rest
  } = optionsOf("answers", options);
  refuseUnknown("answers", rest);
  checkPrompts("answers", model, prompts);
  whole("answers", "batchSize", batchSize, { min: 1 });
  const found: Answer[] = [];
  for (const batch of promptBatches(prompts, batchSize)) {
    await takeTurn();
    signal?.throwIfAborted();
    const logits = tidy(() =>
      noGrad(() => targetLogits(model, batch, { hooks: hooks?.(batch), firstPosition })),
    );
    const data = await logits.data();
    logits.dispose();
    const width = data.length / batch.prompts.length;
    for (const [row, { classIds }] of batch.prompts.entries())
      found.push(answerOf(data.subarray(row * width, (row + 1) * width), classIds, { topK }));
    onProgress?.(found.length, prompts.length);
  }
  return found;
}

/** Share of correct predictions among the prompts with a known class; null if none is known. */
export function accuracyOf(
  prompts: readonly Prompt[],
  given: readonly Pick<Answer, "prediction">[],
): number | null {
  listOf("accuracyOf", "prompts", prompts);
  let [known, right] = [0, 0];
  for (const [i, { gold }] of prompts.entries()) {
    if (gold === undefined) continue;
    known++;
    if (given[i]!.prediction === gold) right++;
  }
  return known === 0 ? null : right / known;
}
