import type { LogitsProcessor } from "./logits-processor";

/** A processor with asynchronous preparation: `prepare` is awaited before each call. */
export type AsyncLogitsProcessor = LogitsProcessor & {
  prepare?: ((inputIds: ArrayLike<number>) => Promise<void>) | undefined;
};

/**
 * Selects a token from one row of processed logits.
 * @param sample which of its prompt's continuations the row belongs to, from 0
 */
export type Sampler = (logits: Float32Array, sample: number) => number;

/** How likely a token was under the model, before processors. */
export interface TokenScore {
  /** Natural logarithm of its probability. */
  logProbability: number;
  /** The most likely tokens, best first, as many as were requested. */
  top: readonly { id: number; logProbability: number }[];
}

/** ln Σ e^logit. */
function logSum(logits: Float32Array): number {
  let top = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > top) top = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  return top + Math.log(sum);
}

/** The `count` largest logits, ties to the lower id. */
function largest(logits: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if (best.length === count && !(logits[id]! > logits[best[count - 1]!]!)) continue;
    let place = best.length;
    while (place > 0 && logits[id]! > logits[best[place - 1]!]!) place--;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  return best;
}

/**
 * Returns log-probabilities of any token from one row of logits; call it before processors change the row.
 * @param top how many of the most likely tokens to return
 */
export function scoreTokens(logits: Float32Array, top: number): (id: number) => TokenScore {
  const total = logSum(logits);
  const best = top === 0 ? [] : largest(logits, top);
  const raw = logits.slice();
  return (id) => ({
    logProbability: raw[id]! - total,
    top: best.map((other) => ({ id: other, logProbability: raw[other]! - total })),
  });
}

/** Applies processors to a row of logits, in place, and selects a token. */
export async function sampleToken(
  logits: Float32Array,
  ids: ArrayLike<number>,
  processors: readonly AsyncLogitsProcessor[],
  sampler: (logits: Float32Array) => number,
): Promise<number> {
  let row = logits;
  for (const processor of processors) {
    if (processor.prepare) await processor.prepare(ids);
    row = processor(ids, row);
  }
  return sampler(row);
}
