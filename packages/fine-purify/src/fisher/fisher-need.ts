/** What a Fisher pass will need, in bytes. */
export interface FisherNeed {
  /** The model's weights, float32. */
  readonly weights: number;
  /** Sums of squares, float64. */
  readonly sums: number;
  /** Gradients per row that are held at once, on the backend and as read from it. */
  readonly buffer: number;
  /** What the forward pass keeps for the backward pass. */
  readonly activations: number;
  readonly total: number;
}

/** Sizes that {@link fisherNeed} estimates from. */
export interface FisherSizes {
  /** Numbers of each parameter. */
  readonly parameters: readonly number[];
  /** Numbers that one row keeps for the backward pass. */
  readonly activationsPerRow: number;
  readonly rows: number;
  /** As of `diagonalFisher`. Default 32 MiB. */
  readonly bufferBytes?: number;
}

/**
 * The memory that `diagonalFisher` will take beyond what the process holds already, so that it can be stated beforehand.
 *
 * @param sizes.parameters of the largest the buffer holds at least one row's gradient
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
    weights: 4 * all,
    sums: 8 * all,
    buffer: 2 * Math.max(bufferBytes, 4 * largest),
    activations: 4 * activationsPerRow * rows,
  };
  return { ...need, total: need.weights + need.sums + need.buffer + need.activations };
}
