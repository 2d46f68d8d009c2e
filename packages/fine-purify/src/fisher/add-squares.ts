const BLOCK = 4096; // sums of this size fit in the first-level cache

/**
 * sums[i] += Σ_row weights[row] · values[row, i]², in float64: squares of gradients are lost in float32.
 *
 * @param values [rows, sums.length]
 * @param weights of the rows; default all 1
 */
export function addSquares(
  sums: Float64Array,
  values: Float32Array,
  weights: Float64Array | null,
): void {
  const size = sums.length;
  const rows = size === 0 ? 0 : values.length / size;
  for (let from = 0; from < size; from += BLOCK) {
    const to = Math.min(size, from + BLOCK);
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row]! : 1;
      const offset = row * size;
      for (let i = from; i < to; i++) {
        const value = values[offset + i]!;
        sums[i]! += weight * value * value;
      }
    }
  }
}
