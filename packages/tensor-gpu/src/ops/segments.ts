/** @file Graph operators over compressed sparse rows: segment s owns entries offsets[s] … offsets[s+1]−1. */
import { tracked } from "../autograd/track";
import { outOfMemory } from "../backend/out-of-memory";
import { TensorError } from "../errors";
import { sameShape } from "../tensor/shape";
import { assertSize, assertWholes, LARGEST_SIZE } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { div } from "./binary";
import { tensor } from "./create";
import { assertIndicesBelow, assertOffsets, clearOutsideGroups } from "./index-tables";
import { assertFloat, assertFloatOrNull, assertIndex } from "./operands";
import { shapeError } from "./support";

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
 * The pattern of a list of edges: message e goes from row source[e] into segment target[e]. The entries are sorted by
 * target (stable); `order[e]` in the result says which edge each entry is. All tensors are kept from scopes.
 *
 * @param target segment of each edge, in [0, segments)
 * @param source row of each edge, in [0, rows)
 * @param segments a whole number of at least 0; @param rows likewise
 * @throws {TensorError} `ERR_RANGE` for an edge that leaves the ranges, `ERR_SHAPE` for unequal lengths, `ERR_MEMORY`
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
    throw new TensorError(
      "ERR_SHAPE",
      `tensor-gpu/csrFromEdges: ${target.length} targets but ${source.length} sources`,
    );
  for (let e = 0; e < target.length; e++)
    if (!(target[e]! >= 0 && target[e]! < segments && source[e]! >= 0 && source[e]! < rows))
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/csrFromEdges: edge ${e} goes from ${source[e]} to ${target[e]}, outside ${rows} rows and ${segments} segments`,
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

function reduceSegments(
  op: "sum" | "mean" | "max",
  x: Tensor,
  offsets: Tensor,
  indices: Tensor,
  weights: Tensor | null,
): Tensor {
  const out = allocate(
    `segment-${op}`,
    [offsets.size - 1, x.shape[1]!],
    "float32",
    x.storage.backend,
  );
  x.storage.backend.kernels.segmentReduce(op, out, x, offsets, indices, weights);
  return out;
}

/** @throws {TensorError} unless the tables are a pattern of compressed rows over `rows` rows */
function checkPattern(
  op: string,
  like: Tensor,
  { offsets, indices }: Pick<Csr, "offsets" | "indices">,
  rows: number,
): void {
  assertIndex(op, like, offsets);
  assertIndex(op, like, indices);
  if (offsets.rank !== 1 || offsets.size < 1 || indices.rank !== 1)
    shapeError(
      op,
      "a pattern has offsets [segments + 1] and indices [entries]",
      offsets.shape,
      indices.shape,
    );
  if (!offsets.isContiguous || !indices.isContiguous)
    shapeError(op, "a pattern's tables must be contiguous", offsets.strides, indices.strides);
  assertOffsets(op, offsets, indices.size);
  assertIndicesBelow(op, indices, rows);
}

/** The transposed pattern serves gradients. */
function checkTransposed(
  op: string,
  like: Tensor,
  { transposed, indices, offsets, rows }: Csr,
): void {
  const { source } = transposed;
  checkPattern(op, like, transposed, offsets.size - 1);
  assertIndex(op, like, source);
  if (
    transposed.offsets.size !== rows + 1 ||
    !sameShape(source.shape, indices.shape) ||
    !source.isContiguous
  )
    shapeError(
      op,
      "the transposed pattern has offsets [rows + 1] and source [entries]",
      transposed.offsets.shape,
      source.shape,
    );
  assertIndicesBelow(op, source, indices.size);
}

function checkSegments(op: string, x: Tensor, csr: Csr, weights: Tensor | null): void {
  assertFloat(op, x);
  assertFloatOrNull(op, x, weights);
  assertSize(op, "the pattern's rows", csr.rows);
  if (x.rank !== 2 || x.shape[0] !== csr.rows)
    shapeError(op, `x must be [${csr.rows}, d], the pattern's rows`, x.shape);
  checkPattern(op, x, csr, csr.rows);
  if (weights && weights.size !== csr.indices.size)
    shapeError(op, "weights must be [entries]", weights.shape, csr.indices.shape);
}

/** Weights of the transposed pattern's entries. */
function transposedWeights(weights: Tensor, csr: Csr): Tensor {
  const out = allocate("segment-sum", [weights.size], "float32", weights.storage.backend);
  weights.storage.backend.kernels.gatherRows(
    out.view([out.size, 1], [1, 1], 0),
    weights.view([weights.size, 1], [1, 1], weights.offset),
    csr.transposed.source,
  );
  return out;
}

/**
 * out[s] = Σ over its entries e of weights[e]·x[indices[e]]: the product of a sparse and a dense matrix.
 *
 * @param x shape [rows, d]
 * @param weights shape [entries] in the pattern's order, or null for ones; differentiable
 * @returns shape [segments, d]; an empty segment gives zeros
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for a pattern that points elsewhere
 */
export function segmentSum(x: Tensor, csr: Csr, weights: Tensor | null = null): Tensor {
  checkSegments("segmentSum", x, csr, weights);
  const [dense, scale] = [x.contiguous(), weights?.contiguous() ?? null];
  return tracked(
    "segmentSum",
    reduceSegments("sum", dense, csr.offsets, csr.indices, scale),
    [x, weights],
    (hold) => {
      const [rows, w] = [hold(dense), scale && hold(scale)];
      const { offsets, indices, transposed } = csr;
      const weightShape = weights?.shape ?? [];
      return (dy, needs) => {
        const gradient = dy.contiguous();
        checkPattern("segmentSum", dy, csr, csr.rows);
        if (needs[0]) checkTransposed("segmentSum", dy, csr);
        const dx = needs[0]
          ? reduceSegments(
              "sum",
              gradient,
              transposed.offsets,
              transposed.indices,
              w && transposedWeights(w, csr),
            )
          : null;
        const dw = needs[1]
          ? allocate("segmentSum", weightShape, "float32", dy.storage.backend)
          : null;
        if (dw) {
          clearOutsideGroups(dw, offsets, indices.size);
          dy.storage.backend.kernels.segmentDot(dw, gradient, rows, offsets, indices);
        }
        return [dx, dw];
      };
    },
  );
}

/** The mean instead of the sum; an empty segment gives zeros. */
export function segmentMean(x: Tensor, csr: Csr): Tensor {
  checkSegments("segmentMean", x, csr, null);
  const { offsets } = csr;
  const counts = offsets
    .narrow(0, 1, offsets.size - 1)
    .sub(offsets.narrow(0, 0, offsets.size - 1))
    .to({ dtype: "float32" });
  return div(segmentSum(x, csr), counts.maximum(1).unsqueeze(1));
}

/** The largest entry per column; an empty segment gives zeros. The first of equals takes the gradient. */
export function segmentMax(x: Tensor, csr: Csr): Tensor {
  checkSegments("segmentMax", x, csr, null);
  const { backend } = x.storage;
  const dense = x.contiguous();
  const out = reduceSegments("max", dense, csr.offsets, csr.indices, null);
  return tracked("segmentMax", out, [x], (hold) => {
    const winners = allocate("segmentMax", out.shape, "int32", backend);
    backend.kernels.segmentArgMax(winners, dense, csr.offsets, csr.indices);
    const [at, before] = [hold(winners), x.shape];
    return (dy) => {
      const dx = allocate("segmentMax", before, "float32", backend);
      backend.kernels.fill(dx, 0);
      const isEmpty = at.lt(0);
      backend.kernels.scatter(
        dx,
        at.maximum(0).contiguous(),
        dy.maskedFill(isEmpty, 0),
        1,
        before[0]!,
        at.shape[0]!,
        before[1]!,
        true,
      );
      return [dx];
    };
  });
}

/**
 * Softmax over the entries of each segment (attention over a node's edges).
 * @param scores shape [entries, heads], in the pattern's order
 */
export function segmentSoftmax(scores: Tensor, csr: Csr): Tensor {
  assertFloat("segmentSoftmax", scores);
  checkPattern("segmentSoftmax", scores, csr, LARGEST_SIZE);
  if (scores.rank !== 2 || scores.shape[0] !== csr.indices.size)
    shapeError(
      "segmentSoftmax",
      "scores must be [entries, heads]",
      scores.shape,
      csr.indices.shape,
    );
  const { backend } = scores.storage;
  const out = allocate("segmentSoftmax", scores.shape, "float32", backend);
  clearOutsideGroups(out, csr.offsets, csr.indices.size);
  backend.kernels.segmentSoftmax(out, scores.contiguous(), csr.offsets);
  return tracked("segmentSoftmax", out, [scores], (hold) => {
    const [y, ends] = [hold(out), hold(csr.offsets)];
    return (dy) => {
      const dx = allocate("segmentSoftmax", y.shape, "float32", backend);
      clearOutsideGroups(dx, ends, y.shape[0]!);
      backend.kernels.segmentSoftmaxGrad(dx, dy.contiguous(), y, ends);
      return [dx];
    };
  });
}
