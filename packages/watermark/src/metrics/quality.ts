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
 * KL divergence Σ q ln(q/p) of the marked distribution q from the unmarked p of one next token, each a softmax of its
 * logits.
 *
 * @param marked logits after the mark, shape [vocabulary]; minus infinity gives probability 0
 * @param unmarked logits before it, shape [vocabulary]
 * @returns nats, at least 0; Infinity where the mark allows a token that was impossible
 * @throws {WatermarkError} `ERR_SHAPE` for different or no lengths, `ERR_LOGITS` for NaN, plus infinity, or no possible token
 */
export function klDivergence(marked: ArrayLike<number>, unmarked: ArrayLike<number>): number {
  listOf("klDivergence", "marked", marked);
  listOf("klDivergence", "unmarked", unmarked);
  if (marked.length !== unmarked.length || marked.length === 0)
    throw new WatermarkError(
      "ERR_SHAPE",
      `klDivergence: expected as many marked logits as unmarked, at least 1, got ${marked.length} and ${unmarked.length}`,
      { fields: { needed: unmarked.length, got: marked.length } },
    );
  const [q, p] = [softmax64(marked), softmax64(unmarked)];
  let sum = 0;
  for (let v = 0; v < q.length; v++) {
    if (Number.isNaN(q[v]! + p[v]!))
      throw new WatermarkError("ERR_LOGITS", "klDivergence: logits give no distribution", {
        fields: { token: v },
      });
    if (q[v]! > 0) sum += q[v]! * Math.log(q[v]! / p[v]!);
  }
  return Math.max(0, sum);
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
