/** Scores below this count as 0, as in the schedule of weights. */
const ZERO = 1e-12;

/** Ranks from 0; equal scores share their mean rank. */
function ranksOf(scores: Float64Array): Float64Array {
  const cut = scores.map((score) => (score < ZERO ? 0 : score));
  const order = Uint32Array.from(cut.keys()).sort((a, b) => cut[a]! - cut[b]!);
  const ranks = new Float64Array(cut.length);
  for (let from = 0; from < order.length; ) {
    let end = from + 1;
    while (end < order.length && cut[order[end]!] === cut[order[from]!]) end++;
    for (let at = from; at < end; at++) ranks[order[at]!] = (from + end - 1) / 2;
    from = end;
  }
  return ranks;
}

/**
 * Spearman's rank correlation of two lists of scores: 1 where both have one order, also where each is constant; 0 where only
 * one is constant.
 *
 * @param a at least 0, shape [n]
 * @param b shape [n]
 */
export function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const [p, q] = [ranksOf(a), ranksOf(b)];
  const middle = (a.length - 1) / 2;
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < p.length; i++) {
    const [x, y] = [p[i]! - middle, q[i]! - middle];
    both += x * y;
    first += x * x;
    second += y * y;
  }
  if (first === 0 && second === 0) return 1;
  return first === 0 || second === 0 ? 0 : both / Math.sqrt(first * second);
}
