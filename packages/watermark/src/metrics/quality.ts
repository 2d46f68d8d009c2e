/** @file Measures of text quality. */
import { functionOf, listOf, WatermarkError } from "../errors";
import { softmax64 } from "../proxy/proxy-lm";

/** A language model: logits of the next token, shape [vocabulary]; the caller may edit them. */
export interface LanguageModel {
  (ids: readonly number[]): Float32Array | Promise<Float32Array>;
  /** The same of several texts, read at once; where a model has it, `compareSchemes` writes all texts of a scheme together. */
  batch?(texts: readonly (readonly number[])[]): Promise<readonly Float32Array[]>;
}

/**
 * Perplexity exp(−(1/n) Σ ln p(x_t | x_<t)) under a model that should not be the one that generated the text.
 *
 * @param prompt context of the first token, not scored
 * @throws {WatermarkError} `ERR_TOO_SHORT` for an empty text
 */
export async function perplexity(
  model: LanguageModel,
  ids: ArrayLike<number>,
  prompt: readonly number[] = [],
): Promise<number> {
  functionOf("perplexity", "model", model);
  if (ids.length === 0)
    throw new WatermarkError("ERR_TOO_SHORT", "perplexity: needs at least 1 token, got 0", {
      fields: {
        needed: 1,
        got: 0,
      },
    });
  const context = [...prompt];
  let loss = 0;
  for (let t = 0; t < ids.length; t++) {
    const logits = await model(context);
    loss -= Math.log(softmax64(logits)[ids[t]!]!);
    context.push(ids[t]!);
  }
  return Math.exp(loss / ids.length);
}

/**
 * Distinct n-grams as a share of all n-grams, in (0, 1]; 1 for texts shorter than n.
 *
 * @see Li et al. 2016 (distinct-n)
 */
export function distinctN(ids: ArrayLike<number>, n: number): number {
  listOf("distinctN", "ids", ids);
  const seen = new Set<string>();
  const count = ids.length - n + 1;
  if (count < 1) return 1;
  for (let i = 0; i < count; i++) seen.add(Array.from({ length: n }, (_, k) => ids[i + k]).join());
  return seen.size / count;
}

/** Repetition: 1 − distinct-4 share. */
export const repetition = (ids: ArrayLike<number>): number => {
  listOf("repetition", "ids", ids);
  return 1 - distinctN(ids, 4);
};
