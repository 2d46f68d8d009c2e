/** @file The k largest logits, in linear time. */

const bins = new Int32Array(65536);

/** Maps a float's bits to an unsigned integer of the same order. */
const sortable = (bits: number) => (bits < 0 ? ~bits : bits | 0x80000000) >>> 0;

/**
 * Indices of the `k` largest values, ascending by index; ties at the edge go to lower indices.
 *
 * @param values no NaN
 * @param k 0 or at least `values.length` takes all
 */
export function topIndices(values: Float32Array, k: number): Int32Array {
  const n = values.length;
  if (k <= 0 || k >= n) return Int32Array.from({ length: n }, (_, i) => i);
  const bits = new Int32Array(values.buffer, values.byteOffset, n);
  bins.fill(0);
  for (let i = 0; i < n; i++) bins[sortable(bits[i]!) >>> 16]!++;
  let edge = 65535;
  let above = 0;
  while (above + bins[edge]! < k) above += bins[edge--]!;
  const edgeKeys: number[] = [];
  for (let i = 0; i < n; i++) {
    const key = sortable(bits[i]!);
    if (key >>> 16 === edge) edgeKeys.push(key);
  }
  edgeKeys.sort((a, b) => b - a);
  const cut = edgeKeys[k - above - 1]!;
  let ties = k - above;
  for (const key of edgeKeys) if (key > cut) ties--;
  const top = new Int32Array(k);
  for (let i = 0, filled = 0; i < n && filled < k; i++) {
    const key = sortable(bits[i]!);
    if (key > cut || (key === cut && ties-- > 0)) top[filled++] = i;
  }
  return top;
}

/** The `k` largest values' indices in descending order of value; ties go to the lower index. */
export const topRanked = (values: Float32Array, k: number): Int32Array =>
  topIndices(values, k).sort((a, b) => values[b]! - values[a]! || a - b);
