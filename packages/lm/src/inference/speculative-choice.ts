/** A draft of the next token: its id and the distribution that it was drawn from; null for a deterministic draft. */
export interface DraftToken {
  id: number;
  probabilities: Float64Array | null;
}

/** Draws a token by inverting the cumulative distribution; weights need not sum to 1. */
export function drawFrom(weights: Float64Array, random: () => number): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let left = random() * total;
  let last = 0;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id]! <= 0) continue;
    last = id;
    left -= weights[id]!;
    if (left < 0) return id;
  }
  return last;
}

/**
 * Accepts a draft token x with probability min(1, p(x)/q(x)), else draws from the residual max(0, p − q). The result is
 * distributed as p.
 *
 * @param p the model's probabilities
 * @see Leviathan et al. 2023, "Fast inference from transformers via speculative decoding", section 2.3
 */
export function judgeDraft(
  p: Float64Array,
  { id, probabilities: q }: DraftToken,
  random: () => number,
): number {
  if (random() * (q?.[id] ?? 1) < p[id]!) return id;
  const guessed = (i: number) => (q ? q[i]! : i === id ? 1 : 0);
  return drawFrom(
    p.map((weight, i) => Math.max(0, weight - guessed(i))),
    random,
  );
}
