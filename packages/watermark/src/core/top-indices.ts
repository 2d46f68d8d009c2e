/** @file The k largest logits, in linear time. */

const binBits = 14;
const binShift = 32 - binBits;
const bins = new Int32Array(2 ** binBits);

/**
 * Indices of the `k` largest values, ascending by index; ties at the edge go to lower indices.
 * A float's bits, with all but the sign flipped for negative ones, order as signed integers; a
 * histogram of their leading bits finds the edge, and only the edge's bin is sorted.
 *
 * @param values no NaN
 * @param k 0, or at least `values.length`, selects all
 */
export function topIndices(values: Float32Array, k: number): Int32Array {
  const n = values.length;
  if (k <= 0 || k >= n) return Int32Array.from({ length: n }, (_, i) => i);
  const bits = new Int32Array(values.buffer, values.byteOffset, n);
  const half = bins.length >> 1;
  bins.fill(0);
  for (let i = 0; i < n; i++) {
    const b = bits[i]!;
    bins[((b ^ ((b >> 31) & 0x7fffffff)) >> binShift) + half]!++;
  }
  let edge = bins.length - 1;
  let above = 0;
  while (above + bins[edge]! < k) above += bins[edge--]!;
  const least = (edge - half) << binShift;
  const cut = kthInBin(bits, edge - half, bins[edge]!, k - above);
  const top = new Int32Array(k);
  let ties = k - above - cut.larger;
  for (let i = 0, filled = 0; i < n && filled < k; i++) {
    const b = bits[i]!;
    const key = b ^ ((b >> 31) & 0x7fffffff);
    if (key < least || key < cut.key) continue;
    if (key > cut.key || ties-- > 0) top[filled++] = i;
  }
  return top;
}

/** The `rank`-th largest key of one bin, and how many of the bin are larger. */
function kthInBin(bits: Int32Array, bin: number, count: number, rank: number) {
  const keys = new Int32Array(count);
  for (let i = 0, filled = 0; filled < count; i++) {
    const b = bits[i]!;
    const key = b ^ ((b >> 31) & 0x7fffffff);
    if (key >> binShift === bin) keys[filled++] = key;
  }
  keys.sort();
  const key = keys[count - rank]!;
  let larger = 0;
  while (larger < count && keys[count - 1 - larger]! > key) larger++;
  return { key, larger };
}

/**
 * The `k` largest values' indices in descending order of value; ties go to the lower index. One pass with insertion,
 * fast for a few dozen.
 *
 * @param k 1 to `values.length`
 */
export function topRanked(values: Float32Array, k: number): Int32Array {
  const top = new Int32Array(k);
  let filled = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (filled === k && value <= values[top[k - 1]!]!) continue;
    const last = filled < k ? filled++ : k - 1;
    let place = 0;
    for (let end = last; place < end; ) {
      const middle = (place + end) >> 1;
      if (values[top[middle]!]! < value) end = middle;
      else place = middle + 1;
    }
    top.copyWithin(place + 1, place, last);
    top[place] = i;
  }
  return top;
}
