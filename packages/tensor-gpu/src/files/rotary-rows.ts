import { TensorError } from "../errors";

/** Sizes of a query or key projection. */
export interface RotaryProjection {
  /** Heads of this projection (key/value heads for a key). */
  readonly heads: number;
  /** Rows per head; even. */
  readonly headSize: number;
}

/**
 * Reorders the rows of a query or key projection from a model that rotates neighbouring pairs (2i, 2i + 1) for a
 * model that rotates halves (i, i + headSize/2), so that both give the same attention scores: in every head, row 2i
 * moves to i, and row 2i + 1 to i + headSize/2.
 *
 * @param weight projection, shape [heads·headSize, columns], row-major (a bias has one column)
 * @param projection heads and head size
 * @returns reordered copy of the same shape
 * @throws {TensorError} `ERR_SHAPE` when the rows do not divide into heads of even size
 * @see Su et al. 2021, "RoFormer", section 3.2.2, equation 15 (pairs); Hugging Face Llama (halves)
 */
export function rotaryPairsToHalves(
  weight: Float32Array,
  { heads, headSize }: RotaryProjection,
): Float32Array {
  const columns = rowLength("rotaryPairsToHalves", weight, heads, headSize);
  return moveRows(weight, heads * headSize, columns, (row) => pairRow(row, headSize));
}

/** Row in the pair layout that corresponds to `row` in the halves layout. */
function pairRow(row: number, headSize: number): number {
  const within = row % headSize;
  const half = headSize / 2;
  return row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
}

function rowLength(where: string, weight: Float32Array, heads: number, headSize: number): number {
  const columns = weight.length / (heads * headSize);
  if (Number.isInteger(columns) && headSize % 2 === 0) return columns;
  const message = `tensor-gpu/${where}: weight must have ${heads} heads of even size, got ${weight.length} numbers and head size ${headSize}`;
  throw new TensorError("ERR_SHAPE", message, {
    fields: { length: weight.length, heads, headSize },
  });
}

function moveRows(
  weight: Float32Array,
  rows: number,
  columns: number,
  from: (row: number) => number,
): Float32Array {
  const out = new Float32Array(weight.length);
  for (let row = 0; row < rows; row++) {
    const begin = from(row) * columns;
    out.set(weight.subarray(begin, begin + columns), row * columns);
  }
  return out;
}
