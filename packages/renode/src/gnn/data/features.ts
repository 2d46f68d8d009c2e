import { RenodeError } from "../../errors";

/** Sparse features: the non-zero entries of each row (compressed rows), all 1 where `values` is null. */
export interface SparseFeatures {
  readonly rows: number;
  readonly cols: number;
  /** Row r's entries are at `rowOffsets[r]` to `rowOffsets[r + 1] − 1`, shape [rows + 1]. */
  readonly rowOffsets: Int32Array;
  /** shape [entries] */
  readonly colIndices: Int32Array;
  /** shape [entries] */
  readonly values?: Float32Array | null | undefined;
}

/** Features row-major, shape [rows, cols]. */
export interface DenseFeatures {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

export type Features = SparseFeatures | DenseFeatures;

export const isSparse = (features: Features): features is SparseFeatures =>
  "rowOffsets" in features;

/** @throws {RenodeError} `ERR_SHAPE` where arrays and sizes do not match, `ERR_RANGE` for NaN and infinite features */
export function checkFeatures(features: Features, nodes: number, place: string): void {
  const { rows, cols } = features;
  const refuse = (message: string) => {
    throw new RenodeError("ERR_SHAPE", `renode/${place}: ${message}`, {
      fields: { rows, cols, nodes },
    });
  };
  if (rows !== nodes) refuse(`features must have ${nodes} rows, one per node, got ${rows}`);
  const numbers = isSparse(features) ? features.values : features.data;
  if (isSparse(features)) {
    const { rowOffsets, colIndices, values } = features;
    if (rowOffsets.length !== rows + 1 || rowOffsets[rows] !== colIndices.length)
      refuse("rowOffsets do not fit colIndices");
    if (values && values.length !== colIndices.length) refuse("values do not fit colIndices");
    if (colIndices.some((column) => column < 0 || column >= cols))
      refuse(`a column lies outside 0..${cols - 1}`);
  } else if (features.data.length !== rows * cols)
    refuse(`data must hold ${rows * cols} numbers, got ${features.data.length}`);
  const at = numbers?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (at >= 0)
    throw new RenodeError(
      "ERR_RANGE",
      `renode/${place}: feature entry ${at} must be finite, got ${numbers![at]}`,
    );
}

/** The features of some rows, in their order. */
export function featureRows(features: Features, nodes: Int32Array): Features {
  const { cols } = features;
  if (!isSparse(features)) {
    const data = new Float32Array(nodes.length * cols);
    for (const [r, node] of nodes.entries())
      data.set(features.data.subarray(node * cols, (node + 1) * cols), r * cols);
    return { rows: nodes.length, cols, data };
  }
  const { rowOffsets: ends, colIndices, values } = features;
  const rowOffsets = new Int32Array(nodes.length + 1);
  for (const [r, node] of nodes.entries())
    rowOffsets[r + 1] = rowOffsets[r]! + ends[node + 1]! - ends[node]!;
  const entries = rowOffsets[nodes.length]!;
  const picked = {
    colIndices: new Int32Array(entries),
    values: values ? new Float32Array(entries) : null,
  };
  for (const [r, node] of nodes.entries()) {
    picked.colIndices.set(colIndices.subarray(ends[node]!, ends[node + 1]!), rowOffsets[r]);
    if (values) picked.values!.set(values.subarray(ends[node]!, ends[node + 1]!), rowOffsets[r]);
  }
  return { rows: nodes.length, cols, rowOffsets, ...picked };
}

/** One-hot features, one per node, for graphs without features. */
export const identityFeatures = (nodes: number): SparseFeatures => ({
  rows: nodes,
  cols: nodes,
  rowOffsets: Int32Array.from({ length: nodes + 1 }, (_, i) => i),
  colIndices: Int32Array.from({ length: nodes }, (_, i) => i),
});
