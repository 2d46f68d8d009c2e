/** Rows of the influence matrix P, sparse: row r's entries are at `offsets[r]` to `offsets[r + 1] − 1`. */
export interface SparseRows {
  /** Nodes of the graph, N: the columns. */
  readonly order: number;
  /** shape [rows + 1] */
  readonly offsets: Int32Array;
  /** Node of each entry, ascending per row, shape [entries]. */
  readonly indices: Int32Array;
  /** shape [entries] */
  readonly values: Float64Array;
}

/** The non-zero entries of one row. */
export interface SparseRow {
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** Combines rows into one object. */
export function stackRows(order: number, rows: readonly SparseRow[]): SparseRows {
  const offsets = new Int32Array(rows.length + 1);
  for (const [r, { indices }] of rows.entries()) offsets[r + 1] = offsets[r]! + indices.length;
  const entries = offsets[rows.length]!;
  const stacked = {
    order,
    offsets,
    indices: new Int32Array(entries),
    values: new Float64Array(entries),
  };
  for (const [r, { indices, values }] of rows.entries()) {
    stacked.indices.set(indices, offsets[r]);
    stacked.values.set(values, offsets[r]);
  }
  return stacked;
}

/** Where a walk starts: nodes with their shares. */
export type Start = SparseRow;

/** A walk that starts at one node. */
export const startAt = (node: number): Start => ({
  indices: Int32Array.of(node),
  values: Float64Array.of(1),
});
