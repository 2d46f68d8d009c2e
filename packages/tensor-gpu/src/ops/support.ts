/** @file Helpers shared by the operators: operands, dtype rules, and the sum that reverses broadcasting. */
import type { Backend } from "../backend/backend";
import type { DType, View } from "../backend/view";
import { fail } from "../errors";
import { broadcastStrides, type Shape, showShape, sizeOf } from "../tensor/shape";
import { allocate, type Tensor } from "../tensor/tensor";

/** A tensor, or a number standing for a scalar tensor. */
export type Operand = Tensor | number;

/** A view of `x` with the broadcast shape; no new storage. */
export function broadcastView(x: Tensor, shape: Shape): View {
  if (x.shape === shape) return x;
  const strides = broadcastStrides(x.shape, x.strides, shape);
  return {
    storage: x.storage,
    offset: x.offset,
    shape,
    strides,
    dtype: x.dtype,
    size: sizeOf(shape),
  };
}

/** A number as a scalar tensor on the backend of `like`. */
export function scalar(value: number, dtype: DType, backend: Backend): Tensor {
  const out = allocate("scalar", [], dtype, backend);
  backend.kernels.fill(out, value);
  return out;
}

/** The tensor itself, or a contiguous float32 (or int32) copy. */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  const out = allocate("cast", x.shape, dtype, x.storage.backend);
  x.storage.backend.kernels.copy(out, x);
  return out;
}

/**
 * Rejects NaN in operators that order numbers. `results` are disposed before the error is thrown.
 * @param shape the shape of the operator's input
 * @throws {TensorError} `ERR_RANGE` when `hasNaN`; a backend that cannot tell synchronously passes undefined
 */
export function refuseNaN(
  op: string,
  shape: Shape,
  hasNaN: boolean | undefined,
  ...results: Tensor[]
): void {
  if (!hasNaN) return;
  for (const result of results) result.dispose();
  fail("ERR_RANGE", `${op}: the tensor ${showShape(shape)} holds NaN, which cannot be ordered`, {
    op,
    shape,
  });
}

/** @throws {TensorError} `ERR_SHAPE` with the rule that was violated */
export function shapeError(op: string, rule: string, ...shapes: Shape[]): never {
  fail("ERR_SHAPE", `${op}: ${rule}, got ${shapes.map(showShape).join(" and ")}`, { op, shapes });
}

/** Sums a gradient of a broadcast result back to an operand's shape. Off the tape. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  if (gradient.shape.length === shape.length && gradient.shape.every((n, i) => n === shape[i]))
    return gradient;
  const { backend } = gradient.storage;
  let current = gradient.contiguous();
  const lead = current.shape.length - shape.length;
  const reduceAxis = (axis: number, keepDim: boolean) => {
    const outer = sizeOf(current.shape.slice(0, axis));
    const inner = sizeOf(current.shape.slice(axis + 1));
    const kept = current.shape.flatMap((n, i) => (i !== axis ? [n] : keepDim ? [1] : []));
    const out = allocate("sumTo", kept, "float32", backend);
    backend.kernels.reduce("sum", out, current, outer, current.shape[axis]!, inner);
    current = out;
  };
  if (lead > 0) {
    current = current.view(
      [sizeOf(current.shape.slice(0, lead)), ...current.shape.slice(lead)],
      [sizeOf(current.shape.slice(lead)), ...current.strides.slice(lead)],
      current.offset,
    );
    reduceAxis(0, false);
  }
  shape.forEach((n, axis) => {
    if (n === 1 && current.shape[axis] !== 1) reduceAxis(axis, true);
  });
  return current;
}
