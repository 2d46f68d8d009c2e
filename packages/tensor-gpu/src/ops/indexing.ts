import { tracked } from "../autograd/track";
import { optionsOf, refuseUnknown } from "../errors";
import { CompactTensor } from "../tensor/compact-tensor";
import { aroundAxis, resolveAxis, sameShape } from "../tensor/shape";
import { assertFinite, assertSize } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { widenRows } from "./compact";
import { assertIndicesBelow } from "./index-tables";
import { assertIndex, assertSameType, assertTensors } from "./operands";
import { scatterKernel, zerosOf } from "./scatter-into";
import { clone, permute, reshape } from "./shape-ops";
import { shapeError } from "./support";

/** @returns the axis */
function checkIndex(op: string, x: Tensor, dim: number, index: Tensor): number {
  assertTensors(op, x);
  assertIndex(op, x, index);
  const axis = resolveAxis(op, dim, x.rank);
  if (index.rank !== x.rank || index.shape.some((n, a) => a !== axis && n !== x.shape[a]))
    shapeError(op, `the index must have x's shape except along axis ${dim}`, x.shape, index.shape);
  assertIndicesBelow(op, index.contiguous(), x.shape[axis]!);
  return axis;
}

function checkSource(op: string, x: Tensor, index: Tensor, source: Tensor): void {
  assertTensors(op, x, source);
  assertSameType(op, x, source);
  if (!sameShape(source.shape, index.shape))
    shapeError(op, "the source must have the index's shape", source.shape, index.shape);
}

/**
 * out[…, i, …] = x[…, index[…, i, …], …] along `dim`.
 * @param index int32, of x's shape except along `dim`
 * @throws {TensorError} `ERR_RANGE` for an index outside the axis
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  const axis = checkIndex("gather", x, dim, index);
  const { outer, n, inner } = aroundAxis(x.shape, axis);
  const picks = index.contiguous();
  const out = allocate("gather", index.shape, x.dtype, x.storage.backend);
  x.storage.backend.kernels.gather(out, x.contiguous(), picks, outer, n, index.shape[axis]!, inner);
  return tracked("gather", out, [x], (hold) => {
    const [where, shape] = [hold(picks), x.shape];
    return (dy) => {
      const dx = zerosOf(dy, shape);
      scatterKernel(dx, axis, where, dy.contiguous(), true);
      return [dx];
    };
  });
}

/**
 * A copy of `x` with out[…, index[…, i, …], …] += source[…, i, …] along `dim`, in order of i.
 * @param index int32; `source` has its shape and x's type
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for an index outside the axis
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const axis = checkIndex("scatterAdd", x, dim, index);
  checkSource("scatterAdd", x, index, source);
  const picks = index.contiguous();
  const out = clone(x.detach());
  scatterKernel(out, axis, picks, source.contiguous(), true);
  return tracked("scatterAdd", out, [x, source], (hold) => {
    const where = hold(picks);
    return (dy, needs) => [dy, needs[1] ? gather(dy, axis, where) : null];
  });
}

/**
 * A copy of `x` with out[…, index[…, i, …], …] = source[…, i, …]; if several entries write to one position, the last wins.
 * @throws {TensorError} as `scatterAdd`
 */
export function scatter(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const axis = checkIndex("scatter", x, dim, index);
  checkSource("scatter", x, index, source);
  const picks = index.contiguous();
  const out = clone(x.detach());
  scatterKernel(out, axis, picks, source.contiguous(), false);
  return tracked("scatter", out, [x, source], (hold) => {
    const where = hold(picks);
    return (dy, needs) => {
      const dx = clone(dy);
      scatterKernel(dx, axis, where, zerosOf(dy, where.shape), false);
      return [dx, needs[1] ? gather(dy, axis, where) : null];
    };
  });
}

/** Rows of `table` by number. The gradient is added to the rows. */
function takeRows(op: string, table: Tensor, index: Tensor): Tensor {
  const picks = index.contiguous();
  assertIndicesBelow(op, picks, table.shape[0]!);
  const rest = table.shape.slice(1);
  const width = rest.reduce((a, b) => a * b, 1);
  const dense = table.contiguous();
  const rows = dense.view([table.shape[0]!, width], [width, 1], dense.offset);
  const out = allocate(op, [...index.shape, ...rest], table.dtype, table.storage.backend);
  table.storage.backend.kernels.gatherRows(
    out.view([index.size, width], [width, 1], 0),
    rows,
    picks,
  );
  return tracked(op, out, [table], (hold) => {
    const [where, shape] = [hold(picks), table.shape];
    return (dy) => {
      const dx = zerosOf(dy, [shape[0]!, width]);
      dy.storage.backend.kernels.scatterAddRows(dx, where, reshape(dy, [where.size, width]));
      return [reshape(dx, shape)];
    };
  });
}

/** As `takeRows`, for a weight of a compact type. */
function lookUp(table: CompactTensor, index: Tensor): Tensor {
  const picks = index.contiguous();
  assertIndicesBelow("embedding", picks, table.shape[0]!);
  const width = table.shape[1]!;
  const out = allocate("embedding", [...index.shape, width], "float32", table.storage.backend);
  widenRows(out, table, picks);
  return out;
}

/**
 * Looks tokens up: out[…] = weight[ids[…]].
 * @param weight shape [vocabulary, width], may have a compact type
 * @param ids int32, any shape
 * @returns shape [...ids.shape, width]
 * @throws {TensorError} `ERR_RANGE` for an id outside the vocabulary
 */
export function embedding(weight: Tensor, ids: Tensor): Tensor {
  assertIndex("embedding", weight, ids);
  if (weight.rank !== 2)
    shapeError("embedding", "the weight must be [vocabulary, width]", weight.shape);
  if (weight instanceof CompactTensor) return lookUp(weight, ids);
  return takeRows("embedding", weight, ids);
}

/**
 * Entries of one axis by number. Numbers may repeat.
 * @param index int32, shape [m]
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for an index outside the axis
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  assertTensors("indexSelect", x);
  assertIndex("indexSelect", x, index);
  if (index.rank !== 1) shapeError("indexSelect", "the index must be [m]", index.shape);
  const axis = resolveAxis("indexSelect", dim, x.rank);
  if (axis === 0) return takeRows("indexSelect", x, index);
  const order = [axis, ...[...x.shape.keys()].filter((a) => a !== axis)];
  return permute(
    takeRows("indexSelect", permute(x, order), index),
    order.map((_, a) => order.indexOf(a)),
  );
}

/**
 * A copy of `x` with `alpha`·source[i] added to the entry index[i] of axis `dim`.
 * @param index int32, shape [m]
 * @param source of x's shape, except for m entries along `dim`
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for an index outside the axis
 */
export function indexAdd(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: { alpha?: number | undefined } = {},
): Tensor {
  const { alpha = 1, ...rest } = optionsOf("indexAdd", options);
  refuseUnknown("indexAdd", rest);
  assertIndex("indexAdd", x, index);
  assertTensors("indexAdd", x, source);
  assertFinite("indexAdd", "alpha", alpha);
  const axis = resolveAxis("indexAdd", dim, x.rank);
  const shape = x.shape.map((n, a) => (a === axis ? index.size : n));
  if (index.rank !== 1 || !sameShape(source.shape, shape))
    shapeError(
      "indexAdd",
      `the index must be [m] and the source must have x's shape except for m entries along axis ${dim}`,
      x.shape,
      index.shape,
      source.shape,
    );
  const place = reshape(
    index,
    shape.map((n, a) => (a === axis ? n : 1)),
  ).expand(shape);
  return scatterAdd(x, axis, place, alpha === 1 ? source : source.mul(alpha));
}

/**
 * One-hot rows.
 * @param ids int32 in [0, classes), any shape
 * @param classes width of a row, a whole number of at least 0
 * @returns float32, shape [...ids.shape, classes]
 * @throws {TensorError} `ERR_DTYPE`, `ERR_RANGE`
 */
export function oneHot(ids: Tensor, classes: number): Tensor {
  assertIndex("oneHot", ids, ids);
  assertSize("oneHot", "classes", classes);
  const base = zerosOf(ids, [...ids.shape, classes]);
  const ones = allocate("oneHot", [...ids.shape, 1], "float32", ids.storage.backend);
  ids.storage.backend.kernels.fill(ones, 1);
  return scatter(base, -1, reshape(ids, [...ids.shape, 1]), ones);
}
