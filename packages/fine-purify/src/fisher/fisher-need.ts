/** What a Fisher pass will need beside the loaded model, in bytes. */
export interface FisherNeed {
  /** Sums of squares, float64. */
  readonly sums: number;
  /** The first batch begins with an ordinary backward pass of one row: its gradient, and a copy of the largest part. */
  readonly oneRow: number;
  /** Gradients per row that are held at once, and their squares. */
  readonly buffer: number;
  /** What the forward pass of a batch keeps for the backward pass. */
  readonly activations: number;
  /** The sums, and the larger of what the first row and what a batch takes. */
  readonly total: number;
}

/** Sizes that {@link fisherNeed} estimates from. */
export interface FisherSizes {
  /** Numbers of each parameter. */
  readonly parameters: readonly number[];
  /** Numbers that one row keeps for the backward pass. */
  readonly activationsPerRow: number;
  /** Rows of the largest batch. */
  readonly rows: number;
  /** As of `diagonalFisher`. Default 32 MiB. */
  readonly bufferBytes?: number;
}

/** The memory that `diagonalFisher` will take beside the loaded model, so that it can be stated beforehand. */
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
