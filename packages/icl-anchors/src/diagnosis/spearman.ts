import { AnchorsError, listOf } from "../errors";

/** Ranks from 1, ties sharing their mean. */
function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const out = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) out[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return out;
}

/**
 * Spearman's rank correlation, ties sharing their mean rank.
 *
 * @returns from −1 to 1; null if one side is constant
 * @throws {AnchorsError} `ERR_SHAPE` for lists of different lengths or fewer than 2 entries
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  listOf("spearman", "a", a);
  const n = a.length;
  if (n !== b.length || n < 2)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/spearman: needs two lists of one length of at least 2, got ${n} and ${b.length}`,
    );
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (n + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i]! - mean, y[i]! - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}
