/** @file Operators that overwrite a tensor, named with an underscore as in PyTorch. All run off the tape, as `set`. */

import { assertElement } from "../tensor/elements";
import { sameShape } from "../tensor/shape";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertTensors } from "./operands";
import { shapeError } from "./support";

/** Runs `write` on `x`, or on a contiguous temporary that is then copied into it. */
export function writeInto(op: string, x: Tensor, write: (dense: Tensor) => void): Tensor {
  x.storage.noteWrite();
  if (x.isContiguous) {
    write(x);
    return x;
  }
  const { backend } = x.storage;
  const dense = allocate(op, x.shape, x.dtype, backend);
  try {
    write(dense);
    backend.kernels.copy(x, dense);
  } finally {
    dense.dispose();
  }
  return x;
}

/**
 * Overwrites every element of `x` with `value`. Returns `x`.
 * @throws {TensorError} `ERR_ARGUMENT` for a value that is not a number, `ERR_RANGE` for a value that int32 cannot hold
 */
export function fill_(x: Tensor, value: number): Tensor {
  assertTensors("fill_", x);
  assertElement("fill_", "value", x.dtype, value);
  return writeInto("fill_", x, (dense) => dense.storage.backend.kernels.fill(dense, Number(value)));
}

/**
 * Overwrites `x` with the elements of `source`, converted to its type as by `astype`. Returns `x`. The two may share memory.
 * @param source of the same shape, on the same backend
 * @throws {TensorError} `ERR_SHAPE`, `ERR_BACKEND`
 */
export function copy_(x: Tensor, source: Tensor): Tensor {
  assertTensors("copy_", x, source);
  if (!sameShape(x.shape, source.shape))
    shapeError("copy_", "needs two tensors of one shape", x.shape, source.shape);
  x.storage.noteWrite();
  const { backend } = x.storage;
  if (source.storage !== x.storage) {
    backend.kernels.copy(x, source);
    return x;
  }
  const apart = allocate("copy_", source.shape, source.dtype, backend);
  try {
    backend.kernels.copy(apart, source);
    backend.kernels.copy(x, apart);
  } finally {
    apart.dispose();
  }
  return x;
}
