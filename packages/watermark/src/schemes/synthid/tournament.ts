import { gBit } from "./g-values";

/**
 * Runs a tournament over candidates in closed form, in place. With two leaves each layer does
 * p(v) ← p(v)·(1 + g(v) − G), G = Σ p g. With N leaves the factors are (1 − (1 − G)^N)/G for g = 1
 * and (1 − G)^(N − 1) for g = 0, which distorts the distribution for N above 2.
 *
 * @param p probabilities of the candidates, summing to 1
 * @param bits g-values, shape [candidates, words]
 * @param depth layers
 * @see Dathathri et al. 2024, supplementary information, vectorised tournament
 */
export function runTournament(
  p: Float64Array,
  bits: Int32Array,
  words: number,
  depth: number,
  leaves = 2,
): void {
  const n = p.length;
  for (let layer = 0; layer < depth; layer++) {
    const word = layer >>> 5;
    const shift = layer & 31;
    let green = 0;
    // Multiplies by the bit, because a branch on a random bit is mispredicted half of the time.
    for (let i = 0, at = word; i < n; i++, at += words)
      green += p[i]! * ((bits[at]! >>> shift) & 1);
    if (green <= 0) continue; // every match is a draw
    const win = leaves === 2 ? 2 - green : (1 - (1 - green) ** leaves) / green;
    const lose = leaves === 2 ? 1 - green : Math.max(0, 1 - green) ** (leaves - 1);
    const lead = win - lose;
    for (let i = 0, at = word; i < n; i++, at += words)
      p[i]! *= lose + lead * ((bits[at]! >>> shift) & 1);
  }
}

/**
 * Detector weights of the layers: linspace(10, 1, depth) scaled to sum to `depth`, or all ones.
 *
 * @returns shape [depth]
 */
export function layerWeights(depth: number, detector: "mean" | "weighted-mean"): Float64Array {
  if (detector === "mean") return new Float64Array(depth).fill(1);
  const raw = Float64Array.from({ length: depth }, (_, i) =>
    depth === 1 ? 10 : 10 - (9 * i) / (depth - 1),
  );
  const sum = raw.reduce((a, b) => a + b);
  return raw.map((w) => (w * depth) / sum);
}

/** One token's score Σ_ℓ w_ℓ g_ℓ / m. */
export function tokenScore(bits: Int32Array, words: number, i: number, weights: Float64Array) {
  let sum = 0;
  for (let layer = 0; layer < weights.length; layer++)
    sum += weights[layer]! * gBit(bits, words, i, layer);
  return sum / weights.length;
}
