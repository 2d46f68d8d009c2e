import { having } from "../errors";

/** A matrix of zeros and ones, stored by the positions of its ones (compressed rows). */
export interface SparseBinaryMatrix {
  readonly rows: number;
  readonly cols: number;
  /**
   * Row r's ones are at indices `rowOffsets[r]` up to, but not including, `rowOffsets[r + 1]` of `colIndices`; [rows +
   * 1].
   */
  readonly rowOffsets: Int32Array;
  /** Columns of the ones, ascending in each row. */
  readonly colIndices: Int32Array;
}

/**
 * Returns a sparse matrix as a dense one, with every entry stored.
 *
 * @returns entries 0 and 1, row-major, shape [rows, cols]
 */
export function denseMatrix(sparseBinaryMatrix: SparseBinaryMatrix): {
  rows: number;
  cols: number;
  data: Float32Array;
} {
  const { rows, cols, rowOffsets, colIndices } = having(
    "denseMatrix",
    "sparseBinaryMatrix",
    sparseBinaryMatrix,
    "rows",
    "cols",
  );
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++)
    for (let i = rowOffsets[row]!; i < rowOffsets[row + 1]!; i++)
      data[row * cols + colIndices[i]!] = 1;
  return { rows, cols, data };
}
