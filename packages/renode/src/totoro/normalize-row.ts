import type { SparseRow } from "../pagerank/sparse-rows";

/** `"none"`: unchanged rows. `"l1"`: scaled to a sum of 1. `"softmax"`: softmax over the entries that are not 0. */
export type RowNormalize = "none" | "l1" | "softmax";

/** The row with its entries normalised; the same nodes. */
export function normalizeRow({ indices, values }: SparseRow, how: RowNormalize): SparseRow {
  if (how === "none" || values.length === 0) return { indices, values };
  const top = how === "softmax" ? values.reduce((a, b) => Math.max(a, b)) : 0;
  const raised = how === "softmax" ? values.map((value) => Math.exp(value - top)) : values;
  const total = raised.reduce((a, b) => a + b, 0);
  return { indices, values: raised.map((value) => value / total) };
}
