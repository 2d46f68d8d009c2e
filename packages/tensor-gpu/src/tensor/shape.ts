/** @file Shapes, strides and broadcasting: PyTorch's rules, with errors that name the operator and both shapes. */
import { fail } from "../errors";
import { assertShape } from "./sizes";

export type Shape = readonly number[];

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return size;
}

/** Row-major strides in elements. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** True when walking the elements in order walks memory in order; axes of one element may have any stride. */
export function isContiguous(shape: Shape, strides: Shape): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis]!;
    if (n === 0) return true;
    if (n !== 1 && strides[axis] !== step) return false;
    step *= n;
  }
  return true;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A shape in readable form: `[2, 3]`. */
export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/**
 * The shape two operands broadcast to: aligned at the last axis, sizes equal or 1.
 * @throws {TensorError} `ERR_SHAPE` naming the operator, both shapes and the axis
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let back = 1; back <= rank; back++) {
    const x = a[a.length - back] ?? 1;
    const y = b[b.length - back] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      fail(
        "ERR_SHAPE",
        `${op}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast: axis -${back} has ${x} against ${y}, sizes must be equal or 1`,
        { op, a, b },
      );
    out[rank - back] = x === 1 ? y : x;
  }
  return out;
}

/** Strides by which a tensor of `shape` reads as `target`: 0 along repeated axes. */
export function broadcastStrides(shape: Shape, strides: Shape, target: Shape): number[] {
  const lead = target.length - shape.length;
  return target.map((n, axis) => {
    const own = axis - lead;
    return own < 0 || (shape[own] === 1 && n !== 1) ? 0 : strides[own]!;
  });
}

/**
 * A non-negative axis for one counted from either end.
 * @throws {TensorError} `ERR_RANGE` outside [-rank, rank)
 */
export function resolveAxis(op: string, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= rank)
    fail("ERR_RANGE", `${op}: dim must be an integer in [${-rank}, ${rank}), got ${axis}`, {
      op,
      dim: axis,
      rank,
    });
  return resolved;
}

/** The contiguous shape as [outer, n, inner] around one axis. */
export function aroundAxis(
  shape: Shape,
  axis: number,
): { outer: number; n: number; inner: number } {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    n: shape[axis]!,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/**
 * Fills in one −1 of a requested shape.
 * @throws {TensorError} `ERR_SHAPE` for what is not a shape, and when the element counts differ
 */
export function resolveReshape(op: string, from: Shape, to: Shape): Shape {
  const size = sizeOf(from);
  const hole = Array.isArray(to) ? to.indexOf(-1) : -1;
  if (hole < 0) assertShape(op, to);
  if (hole < 0 && sizeOf(to) === size) return to;
  const rest = sizeOf(to.filter((_, axis) => axis !== hole));
  if (hole < 0 || to.indexOf(-1, hole + 1) >= 0 || rest === 0 || size % rest !== 0)
    fail(
      "ERR_SHAPE",
      `${op}: ${showShape(from)} has ${size} elements and cannot become ${showShape(to)}`,
      { op, from, to },
    );
  const filled = to.map((n, axis) => (axis === hole ? size / rest : n));
  assertShape(op, filled);
  return filled;
}
