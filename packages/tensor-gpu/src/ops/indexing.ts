import { track, tracked } from "../autograd/track";
import { TensorError } from "../errors";
import { CompactTensor } from "../tensor/compact-tensor";
import { aroundAxis, resolveAxis, sameShape } from "../tensor/shape";
import { assertFinite, assertSize } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { widenRows } from "./compact";
import { assertIndicesBelow } from "./index-tables";
import { assertFloat, assertIndex, assertSameType, assertTensors } from "./operands";
import { alongLast } from "./reduce";
import { clone, permute, reshape } from "./shape-ops";
import { refuseNaN, shapeError } from "./support";

function scatterKernel(
  base: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  add: boolean,
): void {
  const { outer, n, inner } = aroundAxis(base.shape, dim);
  base.storage.backend.kernels.scatter(
    base,
    index,
    source,
    outer,
    n,
    index.shape[dim]!,
    inner,
    add,
  );
}

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

function zerosOf(like: Tensor, shape: readonly number[]): Tensor {
  const out = allocate("zeros", shape, "float32", like.storage.backend);
  like.storage.backend.kernels.fill(out, 0);
  return out;
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
  { alpha = 1 }: { alpha?: number } = {},
): Tensor {
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

/** The `k` largest along `dim`, in order: values and int32 indices. Ties go to the lower index. */
export interface Sorted {
  values: Tensor;
  indices: Tensor;
}

/** `topk` along the last axis. @param shape the shape of the tensor that the caller passed */
function sortRows(op: string, x: Tensor, k: number, descending: boolean, shape = x.shape): Sorted {
  const n = x.shape.at(-1)!;
  const rows = n === 0 ? 0 : x.size / n;
  const outShape = [...x.shape.slice(0, -1), k];
  const values = allocate(op, outShape, "float32", x.storage.backend);
  const indices = allocate(op, outShape, "int32", x.storage.backend);
  const dense = x.contiguous();
  const { kernels } = x.storage.backend;
  const hasNaN = kernels.sort(values, indices, dense, rows, n, k, descending);
  refuseNaN(op, shape, hasNaN, values, indices);
  track(op, [values], [x], (hold) => {
    const [where, before] = [hold(indices), x.shape];
    return ([dy]) => {
      const dx = zerosOf(dy!, before);
      scatterKernel(dx, before.length - 1, where, dy!.contiguous(), true);
      return [dx];
    };
  });
  return { values, indices };
}

function ordered(op: string, x: Tensor, k: number, dim: number, descending: boolean): Sorted {
  assertFloat(op, x);
  const axis = resolveAxis(op, dim, x.rank);
  if (!Number.isInteger(k) || k < 0 || k > x.shape[axis]!)
    throw new TensorError(
      "ERR_RANGE",
      `tensor-gpu/${op}: k must be an integer from 0 to ${x.shape[axis]} (axis ${dim}), got ${k}`,
      { fields: { op, k } },
    );
  if (axis === x.rank - 1) return sortRows(op, x, k, descending);
  let indices: Tensor | undefined;
  const values = alongLast(x, axis, op, (rows) => {
    const found = sortRows(op, rows, k, descending, x.shape);
    indices = alongLastBack(found.indices, axis, x.rank);
    return found.values;
  });
  return { values, indices: indices! };
}

function alongLastBack(rows: Tensor, axis: number, rank: number): Tensor {
  const order = Array.from({ length: rank }, (_, a) => a)
    .filter((a) => a !== axis)
    .concat(axis);
  return permute(
    rows,
    order.map((_, a) => order.indexOf(a)),
  );
}

/**
 * The `k` largest (or smallest) along one axis, in order.
 * @throws {TensorError} `ERR_RANGE` for k outside the axis and for NaN in the tensor
 */
export const topk = (
  x: Tensor,
  k: number,
  { dim = -1, largest = true }: { dim?: number; largest?: boolean } = {},
): Sorted => ordered("topk", x, k, dim, largest);

/**
 * Sorts along one axis; ties keep their order.
 * @throws {TensorError} `ERR_RANGE` for NaN in the tensor
 */
export const sort = (
  x: Tensor,
  { dim = -1, descending = false }: { dim?: number; descending?: boolean } = {},
): Sorted => {
  assertTensors("sort", x);
  return ordered("sort", x, x.shape[resolveAxis("sort", dim, x.rank)]!, dim, descending);
};

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
