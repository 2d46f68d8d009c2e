import { track, tracked } from "../autograd/track";
import { isCompact } from "../backend/view";
import { fail } from "../errors";
import {
  broadcastShapes,
  broadcastStrides,
  contiguousStrides,
  resolveAxis,
  resolveReshape,
  type Shape,
  sameShape,
  showShape,
} from "../tensor/shape";
import { assertShape, assertSize, assertWhole, assertWholes, LARGEST_SIZE } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertTensors } from "./operands";
import { shapeError, sumTo } from "./support";

/** The same elements in row-major memory; the tensor itself where it is row-major already. */
export function contiguous(x: Tensor): Tensor {
  assertTensors("contiguous", x);
  if (x.isContiguous) return x;
  if (isCompact(x.dtype))
    fail(
      "ERR_DTYPE",
      `contiguous: rows of type ${x.dtype} cannot be made contiguous, got ${showShape(x.shape)} with strides ${showShape(x.strides)}`,
      { shape: x.shape, strides: x.strides },
    );
  const out = allocate("contiguous", x.shape, x.dtype, x.storage.backend);
  x.storage.backend.kernels.copy(out, x);
  return tracked("contiguous", out, [x], () => (dy) => [dy]);
}

/** A copy in new memory. */
export function clone(x: Tensor): Tensor {
  assertTensors("clone", x);
  const out = allocate("clone", x.shape, x.dtype, x.storage.backend);
  x.storage.backend.kernels.copy(out, x);
  return tracked("clone", out, [x], () => (dy) => [dy]);
}

/** Whole numbers as one list, or one by one as arguments. */
type Listed = [list: readonly number[]] | number[];

const listOf = (given: Listed): readonly number[] => {
  const [first] = given;
  return typeof first === "number" ? (given as readonly number[]) : (first as readonly number[]);
};

/**
 * The same elements, row-major, under another shape; one size may be −1. Shares memory where it can.
 * @param shape as a list or one by one: `reshape(x, [3, 2])`, `x.reshape(3, 2)`
 * @throws {TensorError} `ERR_SHAPE` when the element counts differ
 */
export function reshape(x: Tensor, ...shape: Listed): Tensor {
  assertTensors("reshape", x);
  const target = resolveReshape("reshape", x.shape, listOf(shape));
  const dense = contiguous(x);
  const out = dense.view(target, contiguousStrides(target), dense.offset);
  return tracked("reshape", out, [dense], () => {
    const before = dense.shape;
    return (dy) => [reshape(dy, before)];
  });
}

/** Merges the axes from `start` to `end` (inclusive) into one. @throws {TensorError} `ERR_RANGE` */
export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  assertTensors("flatten", x);
  const [from, to] = [resolveAxis("flatten", start, x.rank), resolveAxis("flatten", end, x.rank)];
  if (from > to)
    fail("ERR_RANGE", `flatten: start must not come after end, got ${start} and ${end}`);
  const merged = x.shape.slice(from, to + 1).reduce((a, b) => a * b, 1);
  return reshape(x, [...x.shape.slice(0, from), merged, ...x.shape.slice(to + 1)]);
}

const AXES = { least: -LARGEST_SIZE };

/**
 * The tensor with its axes in another order; shares memory.
 * @param given a permutation of the axes, as a list or one by one: axis i of the result is axis given[i] of `x`
 * @throws {TensorError} `ERR_SHAPE` when it is not a permutation
 */
export function permute(x: Tensor, ...given: Listed): Tensor {
  const order = listOf(given);
  assertTensors("permute", x);
  assertWholes("permute", "order", order, AXES);
  const axes = order.map((axis) => resolveAxis("permute", axis, x.rank));
  if (axes.length !== x.rank || new Set(axes).size !== x.rank)
    shapeError("permute", `order must name each of the ${x.rank} axes once`, order, x.shape);
  const out = x.view(
    axes.map((axis) => x.shape[axis]!),
    axes.map((axis) => x.strides[axis]!),
    x.offset,
  );
  return tracked("permute", out, [x], () => {
    const inverse = axes.map((_, axis) => axes.indexOf(axis));
    return (dy) => [permute(dy, inverse)];
  });
}

/** The tensor with two axes swapped; shares memory. */
export function transpose(x: Tensor, a = -2, b = -1): Tensor {
  assertTensors("transpose", x);
  const [i, j] = [resolveAxis("transpose", a, x.rank), resolveAxis("transpose", b, x.rank)];
  return permute(
    x,
    [...x.shape.keys()].map((axis) => (axis === i ? j : axis === j ? i : axis)),
  );
}

/** Inserts a new axis of size 1 before `dim`. */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  assertTensors("unsqueeze", x);
  const axis = resolveAxis("unsqueeze", dim, x.rank + 1);
  const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)];
  const strides = [...x.strides.slice(0, axis), 1, ...x.strides.slice(axis)];
  return tracked("unsqueeze", x.view(shape, strides, x.offset), [x], () => (dy) => [
    squeeze(dy, axis),
  ]);
}

/** Removes the axis `dim`, which must have size 1. Removes every axis of size 1 when `dim` is left out. */
export function squeeze(x: Tensor, dim?: number): Tensor {
  assertTensors("squeeze", x);
  const axis = dim === undefined ? -1 : resolveAxis("squeeze", dim, x.rank);
  if (dim !== undefined && x.shape[axis] !== 1)
    shapeError("squeeze", `axis ${dim} must have size 1`, x.shape);
  const drops = (a: number) => (dim === undefined ? x.shape[a] === 1 : a === axis);
  const keep = [...x.shape.keys()].filter((a) => !drops(a));
  const out = x.view(
    keep.map((a) => x.shape[a]!),
    keep.map((a) => x.strides[a]!),
    x.offset,
  );
  return tracked("squeeze", out, [x], () => {
    const { shape } = x;
    return (dy) => [reshape(dy, shape)];
  });
}

/**
 * Repeats axes of size 1 without copying, by broadcasting to `shape`.
 * @throws {TensorError} `ERR_SHAPE` when the shapes do not broadcast
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  assertTensors("expand", x);
  assertShape("expand", shape);
  const target = broadcastShapes("expand", x.shape, shape);
  if (!sameShape(target, shape))
    shapeError("expand", "the shape may only repeat axes of size 1", x.shape, shape);
  return tracked(
    "expand",
    x.view(target, broadcastStrides(x.shape, x.strides, target), x.offset),
    [x],
    () => {
      const before = x.shape;
      return (dy) => [sumTo(dy, before)];
    },
  );
}

/**
 * `length` entries from `start` along one axis; shares memory.
 * @param start a whole number; below 0 it counts from the end
 * @param length a whole number of at least 0
 * @throws {TensorError} `ERR_RANGE` for entries outside the axis
 */
export function narrow(x: Tensor, dim: number, start: number, length: number): Tensor {
  assertTensors("narrow", x);
  const axis = resolveAxis("narrow", dim, x.rank);
  assertWhole("narrow", "start", start, AXES);
  assertSize("narrow", "length", length);
  const n = x.shape[axis]!;
  const from = start < 0 ? start + n : start;
  if (from < 0 || length < 0 || from + length > n)
    fail(
      "ERR_RANGE",
      `narrow: [${start}, ${start + length}) is outside axis ${dim} of ${showShape(x.shape)}`,
    );
  const shape = x.shape.map((size, a) => (a === axis ? length : size));
  const out = x.view(shape, x.strides, x.offset + from * x.strides[axis]!);
  return tracked("narrow", out, [x], () => {
    const before = x.shape;
    return (dy) => {
      const dx = allocate("narrow", before, "float32", dy.storage.backend);
      const { kernels } = dy.storage.backend;
      kernels.fill(dx, 0);
      kernels.copy(dx.view(shape, dx.strides, from * dx.strides[axis]!), dy);
      return [dx];
    };
  });
}

/** The entry `index` along one axis, which is removed; shares memory. */
export function select(x: Tensor, dim: number, index: number): Tensor {
  assertTensors("select", x);
  return squeeze(narrow(x, dim, index, 1), dim);
}

/**
 * Pieces of the given sizes along one axis, sharing memory. This is one node on the tape, whose gradient is one concatenation.
 * @throws {TensorError} `ERR_SHAPE` when the sizes do not add up
 */
export function split(x: Tensor, sizes: readonly number[], dim = -1): Tensor[] {
  assertTensors("split", x);
  const axis = resolveAxis("split", dim, x.rank);
  assertWholes("split", "sizes", sizes);
  if (sizes.reduce((a, b) => a + b, 0) !== x.shape[axis])
    shapeError("split", `sizes ${showShape(sizes)} must add up to axis ${dim}`, x.shape);
  let at = 0;
  const pieces = sizes.map((length) => {
    const piece = x.view(
      x.shape.map((n, a) => (a === axis ? length : n)),
      x.strides,
      x.offset + at * x.strides[axis]!,
    );
    at += length;
    return piece;
  });
  track("split", pieces, [x], () => {
    const [before, shapes] = [x.shape, pieces.map((piece) => piece.shape)];
    return (gradients) => {
      const { backend } = gradients.find((g) => g !== null)!.storage;
      const dx = allocate("split", before, "float32", backend);
      let from = 0;
      gradients.forEach((gradient, i) => {
        const target = dx.view(shapes[i]!, dx.strides, from * dx.strides[axis]!);
        if (gradient) backend.kernels.copy(target, gradient);
        else backend.kernels.copy(target, zeroView(shapes[i]!, backend));
        from += sizes[i]!;
      });
      return [dx];
    };
  });
  return pieces;
}

/** A single zero viewed as any shape. */
function zeroView(shape: Shape, backend: Tensor["storage"]["backend"]): Tensor {
  const zero = allocate("zero", [], "float32", backend);
  backend.kernels.fill(zero, 0);
  return zero.view(
    shape,
    shape.map(() => 0),
    0,
  );
}

/** Splits into `count` equal pieces along one axis. @throws {TensorError} `ERR_SHAPE`, or `ERR_RANGE` for a count below 1 */
export function chunk(x: Tensor, count: number, dim = -1): Tensor[] {
  assertTensors("chunk", x);
  assertWhole("chunk", "count", count, { least: 1 });
  const n = x.shape[resolveAxis("chunk", dim, x.rank)]!;
  if (n % count !== 0)
    shapeError("chunk", `axis ${dim} must divide into ${count} equal pieces`, x.shape);
  return split(x, new Array<number>(count).fill(n / count), dim);
}

/** Repeats elements `times` times along one axis. @param times a whole number of at least 0 @throws {TensorError} `ERR_RANGE` */
export function repeatInterleave(x: Tensor, times: number, dim: number): Tensor {
  assertTensors("repeatInterleave", x);
  assertSize("repeatInterleave", "times", times);
  const axis = resolveAxis("repeatInterleave", dim, x.rank);
  const wide = unsqueeze(x, axis + 1);
  const shape = wide.shape.map((n, a) => (a === axis + 1 ? times : n));
  return reshape(
    expand(wide, shape),
    x.shape.map((n, a) => (a === axis ? n * times : n)),
  );
}
