import { track } from "../autograd/track";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { resolveAxis } from "../tensor/shape";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertFloat, assertTensors } from "./operands";
import { alongLast } from "./reduce";
import { scatterKernel, zerosOf } from "./scatter-into";
import { permute } from "./shape-ops";
import { refuseNaN } from "./support";

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
    fail(
      "ERR_RANGE",
      `${op}: k must be an integer from 0 to ${x.shape[axis]} (axis ${dim}), got ${k}`,
      { op, k },
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
  options: { dim?: number | undefined; largest?: boolean | undefined } = {},
): Sorted => {
  const { dim = -1, largest = true, ...rest } = optionsOf("topk", options);
  refuseUnknown("topk", rest);
  return ordered("topk", x, k, dim, largest);
};

/**
 * Sorts along one axis; ties keep their order.
 * @throws {TensorError} `ERR_RANGE` for NaN in the tensor
 */
export const sort = (
  x: Tensor,
  options: { dim?: number | undefined; descending?: boolean | undefined } = {},
): Sorted => {
  const { dim = -1, descending = false, ...rest } = optionsOf("sort", options);
  refuseUnknown("sort", rest);
  assertTensors("sort", x);
  return ordered("sort", x, x.shape[resolveAxis("sort", dim, x.rank)]!, dim, descending);
};
