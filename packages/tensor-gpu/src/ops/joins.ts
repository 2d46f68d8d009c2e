/** @file Joining tensors along an axis, and padding a tensor with a value. */

import { tracked } from "../autograd/track";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { assertElement } from "../tensor/elements";
import { resolveAxis } from "../tensor/shape";
import { assertWholes, showValue } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertSameType, assertTensors } from "./operands";
import { narrow, split, unsqueeze } from "./shape-ops";
import { shapeError } from "./support";

/** Checks tensors that are to be joined and returns the first. @throws {TensorError} */
function joined(op: string, tensors: readonly Tensor[]): Tensor {
  if (!Array.isArray(tensors))
    fail("ERR_ARGUMENT", `${op}: expected an array of tensors, got ${showValue(tensors)}`);
  const first: Tensor | undefined = tensors[0];
  if (tensors.length === 0 || first === undefined)
    fail("ERR_SHAPE", `${op}: needs at least one tensor`);
  assertTensors(op, ...tensors);
  for (const tensor of tensors) assertSameType(op, first, tensor);
  return first;
}

/**
 * Joins tensors of one type along one axis.
 * @throws {TensorError} `ERR_SHAPE` when they differ along another axis, or there are none; `ERR_DTYPE` for different types
 */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  const first = joined("cat", tensors);
  const axis = resolveAxis("cat", dim, first.rank);
  for (const { shape } of tensors)
    if (shape.length !== first.rank || shape.some((n, a) => a !== axis && n !== first.shape[a]))
      shapeError("cat", `shapes must agree except along axis ${dim}`, first.shape, shape);
  const sizes = tensors.map((t) => t.shape[axis]!);
  const shape = first.shape.map((n, a) => (a === axis ? sizes.reduce((x, y) => x + y, 0) : n));
  const { backend } = first.storage;
  const out = allocate("cat", shape, first.dtype, backend);
  let at = 0;
  for (const piece of tensors) {
    backend.kernels.copy(out.view(piece.shape, out.strides, at * out.strides[axis]!), piece);
    at += piece.shape[axis]!;
  }
  return tracked("cat", out, tensors, () => (dy) => split(dy, sizes, axis));
}

/** Joins tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  joined("stack", tensors);
  return cat(
    tensors.map((t) => unsqueeze(t, dim)),
    dim,
  );
}

/**
 * Pads the tensor with `value`.
 * @param padding per axis from the last one backwards: [before, after, before, after, …], as in PyTorch
 * @throws {TensorError} `ERR_SHAPE` for padding that is not a list of pairs, `ERR_RANGE` for sizes that are not whole numbers
 */
export function pad(
  x: Tensor,
  padding: readonly number[],
  options: { value?: number | undefined } = {},
): Tensor {
  const { value = 0, ...rest } = optionsOf("pad", options);
  refuseUnknown("pad", rest);
  assertTensors("pad", x);
  assertWholes("pad", "padding", padding);
  assertElement("pad", "value", x.dtype, value);
  if (padding.length % 2 !== 0 || padding.length > 2 * x.rank)
    shapeError(
      "pad",
      "padding must be pairs of sizes, at most one pair per axis",
      padding,
      x.shape,
    );
  const before = x.shape.map((_, axis) => padding[2 * (x.rank - 1 - axis)] ?? 0);
  const shape = x.shape.map(
    (n, axis) => n + before[axis]! + (padding[2 * (x.rank - 1 - axis) + 1] ?? 0),
  );
  const { backend } = x.storage;
  const out = allocate("pad", shape, x.dtype, backend);
  backend.kernels.fill(out, value);
  const offset = before.reduce((sum, n, axis) => sum + n * out.strides[axis]!, 0);
  backend.kernels.copy(out.view(x.shape, out.strides, offset), x);
  return tracked("pad", out, [x], () => {
    const inner = x.shape;
    return (dy) => [before.reduce((t, start, axis) => narrow(t, axis, start, inner[axis]!), dy)];
  });
}
