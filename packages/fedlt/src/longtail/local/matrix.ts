/** @file Small products of row-major matrices, with sums in float64. */

/** Sum of `k` products, in four running sums: a single one would wait for each addition. */
function dot(left: Float32Array, x: number, right: Float32Array, y: number, k: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = k - (k % 4);
  for (let i = 0; i < whole; i += 4) {
    a += left[x + i]! * right[y + i]!;
    b += left[x + i + 1]! * right[y + i + 1]!;
    c += left[x + i + 2]! * right[y + i + 2]!;
    d += left[x + i + 3]! * right[y + i + 3]!;
  }
  for (let i = whole; i < k; i++) a += left[x + i]! * right[y + i]!;
  return a + b + (c + d);
}

/** left·rightᵀ + bias. @param left [n, k] @param right [m, k] @param bias [m] @returns [n, m] */
export function timesTransposed(
  left: Float32Array,
  right: Float32Array,
  k: number,
  bias?: Float32Array,
): Float32Array {
  const n = left.length / k;
  const m = right.length / k;
  const out = new Float32Array(n * m);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++)
      out[i * m + j] = dot(left, i * k, right, j * k, k) + (bias ? bias[j]! : 0);
  return out;
}

/** row += Σ scales[i]·(row i of `right`), four rows at a time so that `row` is read and written less often. */
function addRows(row: Float64Array, scales: Float64Array, right: Float32Array): void {
  const k = row.length;
  const whole = scales.length - (scales.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const [a, b, c, d] = [scales[i]!, scales[i + 1]!, scales[i + 2]!, scales[i + 3]!];
    if (a === 0 && b === 0 && c === 0 && d === 0) continue;
    const [y1, y2, y3] = [(i + 1) * k, (i + 2) * k, (i + 3) * k];
    for (let x = 0, y = i * k; x < k; x++, y++)
      row[x]! += a * right[y]! + b * right[y1 + x]! + (c * right[y2 + x]! + d * right[y3 + x]!);
  }
  for (let i = whole; i < scales.length; i++) {
    const scale = scales[i]!;
    for (let x = 0, y = i * k; x < k; x++, y++) row[x]! += scale * right[y]!;
  }
}

/** leftᵀ·right. @param left [n, m] @param right [n, k] @returns [m, k] */
export function transposedTimes(left: Float32Array, right: Float32Array, n: number): Float32Array {
  const m = left.length / n;
  const k = right.length / n;
  const row = new Float64Array(k);
  const scales = new Float64Array(n);
  const out = new Float32Array(m * k);
  for (let j = 0; j < m; j++) {
    row.fill(0);
    for (let i = 0; i < n; i++) scales[i] = left[i * m + j]!;
    addRows(row, scales, right);
    out.set(row, j * k);
  }
  return out;
}

/** left·right. @param left [n, m] @param right [m, k] @returns [n, k] */
export function times(left: Float32Array, right: Float32Array, m: number): Float32Array {
  const n = left.length / m;
  const k = right.length / m;
  const row = new Float64Array(k);
  const scales = new Float64Array(m);
  const out = new Float32Array(n * k);
  for (let i = 0; i < n; i++) {
    row.fill(0);
    for (let j = 0; j < m; j++) scales[j] = left[i * m + j]!;
    addRows(row, scales, right);
    out.set(row, i * k);
  }
  return out;
}

/** Sums over rows. @param matrix [n, m] @returns [m] */
export function columnSums(matrix: Float32Array, n: number): Float32Array {
  const m = matrix.length / n;
  const sums = new Float64Array(m);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < m; j++, at++) sums[j]! += matrix[at]!;
  return Float32Array.from(sums);
}
