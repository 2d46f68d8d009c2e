/** The memory of a Fisher pass in addition to the loaded model, in bytes. */
export interface FisherNeed {
  /** Sums of squares, float64. */
  readonly sums: number;
  /** The first batch begins with an ordinary backward pass of one row: its gradient, and a copy of the largest part. */
  readonly oneRow: number;
  /** Per-row gradients that are in memory at once, and their squares. */
  readonly buffer: number;
  /** Values that the forward pass of a batch keeps for the backward pass. */
  readonly activations: number;
  /** The sums, plus the larger of the needs of the first row and of a batch. */
  readonly total: number;
}

/** Sizes that {@link fisherNeed} estimates from. */
export interface FisherSizes {
  /** Number of elements of each parameter. */
  readonly parameters: readonly number[];
  /** Number of values that one row keeps for the backward pass. */
  readonly activationsPerRow: number;
  /** Rows of the largest batch. */
  readonly rows: number;
  /** As of `diagonalFisher`. Default 32 MiB. */
  readonly bufferBytes?: number | undefined;
}

/**
 * Estimates the memory that `diagonalFisher` needs in addition to the loaded model, so that it can be reported in
 * advance.
 */
export function fisherNeed({
  parameters,
  activationsPerRow,
  rows,
  bufferBytes = 1 << 25,
}: FisherSizes): FisherNeed {
  const all = parameters.reduce((sum, n) => sum + n, 0);
  const largest = Math.max(...parameters);
  const need = {
    sums: 8 * all,
    oneRow: 4 * all + 4 * largest,
    buffer: 2 * bufferBytes,
    activations: 4 * activationsPerRow * rows,
  };
  return { ...need, total: need.sums + Math.max(need.oneRow, need.buffer + need.activations) };
}
