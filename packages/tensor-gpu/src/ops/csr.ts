/** @file Sparse patterns as compressed rows. */
import { outOfMemory } from "../backend/out-of-memory";
import { fail } from "../errors";
import { assertSize, assertWholes, LARGEST_SIZE } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { tensor } from "./create";

/** A sparse pattern: entry e of segment s reads row indices[e]. */
export interface Csr {
  /** int32 [segments + 1] */
  offsets: Tensor;
  /** int32 [entries]: the row each entry reads */
  indices: Tensor;
  /** Rows of the dense operand. */
  rows: number;
  /** The transposed pattern and, for each of its entries, the entry of this pattern it came from; for gradients. */
  transposed: { offsets: Tensor; indices: Tensor; source: Tensor };
}

function table(length: number): Int32Array {
  try {
    return new Int32Array(length);
  } catch (cause) {
    throw outOfMemory(
      "csrFromEdges",
      4 * length,
      "the runtime refuses an array of this size",
      {},
      cause,
    );
  }
}

function countingOrder(
  keys: ArrayLike<number>,
  groups: number,
): { offsets: Int32Array; order: Int32Array } {
  const offsets = table(groups + 1);
  for (let e = 0; e < keys.length; e++) offsets[keys[e]! + 1]!++;
  for (let g = 0; g < groups; g++) offsets[g + 1]! += offsets[g]!;
  const next = offsets.slice(0, groups);
  const order = new Int32Array(keys.length);
  for (let e = 0; e < keys.length; e++) order[next[keys[e]!]!++] = e;
  return { offsets, order };
}

const ANY_WHOLE = { least: -LARGEST_SIZE };

/**
 * The pattern of a list of edges: edge e goes from row source[e] into segment target[e]. The entries are sorted by
 * target (stable); `order[e]` in the result is the edge of each entry. Scopes do not dispose the tensors.
 *
 * @param target segment of each edge, in [0, segments)
 * @param source row of each edge, in [0, rows)
 * @param segments a whole number of at least 0; @param rows likewise
 * @throws {TensorError} `ERR_RANGE` for an edge out of range, `ERR_SHAPE` for unequal lengths, `ERR_MEMORY`
 */
export function csrFromEdges(
  target: ArrayLike<number>,
  source: ArrayLike<number>,
  segments: number,
  rows: number,
): Csr & { order: Int32Array } {
  assertSize("csrFromEdges", "segments", segments);
  assertSize("csrFromEdges", "rows", rows);
  assertWholes("csrFromEdges", "target", target, ANY_WHOLE);
  assertWholes("csrFromEdges", "source", source, ANY_WHOLE);
  if (target.length !== source.length)
    fail("ERR_SHAPE", `csrFromEdges: ${target.length} targets but ${source.length} sources`);
  for (let e = 0; e < target.length; e++)
    if (!(target[e]! >= 0 && target[e]! < segments && source[e]! >= 0 && source[e]! < rows))
      fail(
        "ERR_RANGE",
        `csrFromEdges: edge ${e} goes from ${source[e]} to ${target[e]}, outside ${rows} rows and ${segments} segments`,
        { edge: e },
      );
  const { offsets, order } = countingOrder(target, segments);
  const indices = Int32Array.from(order, (e) => source[e]!);
  const back = countingOrder(indices, rows);
  const owner = Int32Array.from(order, (e) => target[e]!);
  const int = (values: Int32Array) => {
    const out = tensor(values, { dtype: "int32" });
    out.isKept = true;
    return out;
  };
  return {
    offsets: int(offsets),
    indices: int(indices),
    rows,
    transposed: {
      offsets: int(back.offsets),
      indices: int(Int32Array.from(back.order, (e) => owner[e]!)),
      source: int(back.order),
    },
    order,
  };
}
