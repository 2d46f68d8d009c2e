/** @file Graph operators over compressed sparse rows: segment s owns entries offsets[s] … offsets[s+1]−1. */

import { type Hold, tracked } from "../autograd/track";
import { withKernels } from "../backend/with-kernels";
import { optionsOf, refuseUnknown } from "../errors";
import { sameShape } from "../tensor/shape";
import { assertSize, LARGEST_SIZE } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { segmentKernels } from "../wasm/kernels/segments";
import { div } from "./binary";
import type { Csr } from "./csr";
import { assertIndicesBelow, assertOffsets, clearOutsideGroups } from "./index-tables";
import { assertFloat, assertFloatOrNull, assertIndex } from "./operands";
import { shapeError } from "./support";

/** The backend with the kernels of segments. */
const backendOf = ({ storage: { backend } }: Tensor) =>
  withKernels(backend, "segmentReduce", segmentKernels);

function reduceSegments(
  op: "sum" | "mean" | "max",
  x: Tensor,
  offsets: Tensor,
  indices: Tensor,
  weights: Tensor | null,
): Tensor {
  const backend = backendOf(x);
  const out = allocate(`segment-${op}`, [offsets.size - 1, x.shape[1]!], "float32", backend);
  backend.kernels.segmentReduce(op, out, x, offsets, indices, weights);
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

/** Checks the transposed pattern, which gradients use. */
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
    !sameShape(transposed.indices.shape, indices.shape) ||
    !sameShape(source.shape, indices.shape) ||
    !source.isContiguous
  )
    shapeError(
      op,
      "the transposed pattern has offsets [rows + 1], indices and source [entries]",
      transposed.offsets.shape,
      source.shape,
    );
}

function checkSegments(op: string, x: Tensor, csr: Csr, weights: Tensor | null): void {
  assertFloat(op, x);
  assertFloatOrNull(op, x, weights);
  assertSize(op, "the pattern's rows", csr.rows);
  if (x.rank !== 2 || x.shape[0] !== csr.rows)
    shapeError(op, `x must be [${csr.rows}, d], as many rows as the pattern has`, x.shape);
  checkPattern(op, x, csr, csr.rows);
  if (weights && weights.size !== csr.indices.size)
    shapeError(op, "weights must be [entries]", weights.shape, csr.indices.shape);
}

/** A pattern whose tables are held as far as gradients read them: the transposed ones for x, the others for weights. */
function holdPattern(
  op: string,
  like: Tensor,
  csr: Csr,
  hold: Hold,
  [forX, forWeights]: readonly boolean[],
): Csr {
  const { offsets, indices, rows, transposed } = csr;
  const held = (table: Tensor) => {
    assertIndex(op, like, table);
    return hold(table);
  };
  return {
    rows,
    offsets: forWeights ? held(offsets) : offsets,
    indices: forWeights ? held(indices) : indices,
    transposed: forX
      ? {
          offsets: held(transposed.offsets),
          indices: held(transposed.indices),
          source: held(transposed.source),
        }
      : transposed,
  };
}

/** Weights of the transposed pattern's entries. */
function sortByColumn(weights: Tensor, csr: Csr): Tensor {
  assertIndicesBelow("segmentSum", csr.transposed.source, weights.size);
  const out = allocate("segment-sum", [weights.size], "float32", weights.storage.backend);
  weights.storage.backend.kernels.gatherRows(
    out.view([out.size, 1], [1, 1], 0),
    weights.view([weights.size, 1], [1, 1], weights.offset),
    csr.transposed.source,
  );
  return out;
}

/** The sum's gradient: the transposed pattern's sum of `dy`. @param sorted the weights in that order, if known */
function sumBack(dy: Tensor, csr: Csr, weights: Tensor | null, sorted: Tensor | undefined): Tensor {
  checkTransposed("segmentSum", dy, csr);
  const { offsets, indices } = csr.transposed;
  const own = weights && (sorted ?? sortByColumn(weights, csr));
  return reduceSegments("sum", dy, offsets, indices, own);
}

export interface SegmentSumOptions {
  /**
   * The weights in the order of the transposed pattern, `indexSelect(weights, 0, csr.transposed.source)`. Constant weights
   * are then sorted once instead of in each gradient. Not differentiated.
   */
  transposedWeights?: Tensor | undefined;
}

/**
 * out[s] = Σ over its entries e of weights[e]·x[indices[e]]: the product of a sparse and a dense matrix.
 *
 * @param x shape [rows, d]
 * @param weights shape [entries] in the pattern's order, or null for ones; differentiable
 * @returns shape [segments, d]; an empty segment gives zeros
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for a pattern that points out of range
 */
export function segmentSum(
  x: Tensor,
  csr: Csr,
  weights: Tensor | null = null,
  options: SegmentSumOptions = {},
): Tensor {
  const { transposedWeights, ...rest } = optionsOf("segmentSum", options);
  refuseUnknown("segmentSum", rest);
  checkSegments("segmentSum", x, csr, weights);
  assertFloatOrNull("segmentSum", x, transposedWeights);
  if (transposedWeights && transposedWeights.size !== weights?.size)
    shapeError(
      "segmentSum",
      "transposedWeights must be [entries], as weights",
      transposedWeights.shape,
    );
  const [dense, scale] = [x.contiguous(), weights?.contiguous() ?? null];
  return tracked(
    "segmentSum",
    reduceSegments("sum", dense, csr.offsets, csr.indices, scale),
    [x, weights],
    (hold, wants) => {
      const rows = wants[1] ? hold(dense) : null;
      const w = wants[0] && scale ? hold(scale) : null;
      const sorted =
        wants[0] && transposedWeights ? hold(transposedWeights.contiguous()) : undefined;
      const pattern = holdPattern("segmentSum", x, csr, hold, wants);
      const { offsets, indices } = pattern;
      const weightShape = weights?.shape ?? [];
      return (dy, needs) => {
        const gradient = dy.contiguous();
        const dx = needs[0] ? sumBack(gradient, pattern, w, sorted) : null;
        const dw = needs[1]
          ? allocate("segmentSum", weightShape, "float32", dy.storage.backend)
          : null;
        if (dw) {
          checkPattern("segmentSum", dy, pattern, csr.rows);
          clearOutsideGroups(dw, offsets, indices.size);
          backendOf(dy).kernels.segmentDot(dw, gradient, rows!, offsets, indices);
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

/** The largest entry per column; an empty segment gives zeros. Of equal entries, the first gets the gradient. */
export function segmentMax(x: Tensor, csr: Csr): Tensor {
  checkSegments("segmentMax", x, csr, null);
  const backend = backendOf(x);
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
  const backend = backendOf(scores);
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
