import type { SymbolReading } from "../../core/scheme";

/**
 * Reads one symbol from the hits of each of its values. With the favoured probability raised by e^δ, the
 * posterior of a value under equal priors is proportional to e^(δ·hits). Ties go to the lower value.
 *
 * @param hits shape [values]
 * @param tokens number of tokens with evidence
 * @param pAny probability that the best value scores as high on unmarked text
 */
export function readSymbol(
  hits: ArrayLike<number>,
  tokens: number,
  bias: number,
  pAny: number,
): SymbolReading & { weights: Float64Array } {
  let value = 0;
  for (let v = 1; v < hits.length; v++) if (hits[v]! > hits[value]!) value = v;
  let second = value === 0 ? Math.min(1, hits.length - 1) : 0;
  for (let v = 0; v < hits.length; v++) if (v !== value && hits[v]! > hits[second]!) second = v;
  const most = hits[value]!;
  const weightOf = Float64Array.from({ length: most + 1 }, (_, count) =>
    Math.exp(bias * (count - most)),
  );
  const weights = new Float64Array(hits.length);
  let total = 0;
  for (let v = 0; v < hits.length; v++) {
    weights[v] = weightOf[hits[v]!]!;
    total += weights[v]!;
  }
  for (let v = 0; v < hits.length; v++) weights[v]! /= total;
  return {
    value,
    second,
    hits: most,
    tokens,
    margin: most - hits[second]!,
    confidence: 1 / total,
    pAny,
    isErased: tokens === 0,
    weights,
  };
}

/** Posterior probability that each bit of a symbol is right, most significant first. */
export function bitConfidences(weights: Float64Array, value: number, bits: number): Float64Array {
  const sums = new Float64Array(bits);
  weights.forEach((weight, v) => {
    for (let b = 0; b < bits; b++)
      if (((v ^ value) >>> (bits - 1 - b)) % 2 === 0) sums[b]! += weight;
  });
  return sums.map((sum) => Math.min(1, sum));
}
