import { tracked } from "../autograd/track";
import { optionsOf, refuseUnknown } from "../errors";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertFloat } from "./operands";
import { alongLast } from "./reduce";

function softmaxRows(op: "softmax" | "logSoftmax", x: Tensor): Tensor {
  assertFloat(op, x);
  const n = x.shape.at(-1) ?? 1;
  const rows = n === 0 ? 0 : x.size / n;
  const { backend } = x.storage;
  const out = allocate(op, x.shape, "float32", backend);
  backend.kernels[op](out, x.contiguous(), rows, n);
  return tracked(op, out, [x], (hold) => {
    const y = hold(out);
    return (dy) => {
      const dx = allocate(op, y.shape, "float32", backend);
      backend.kernels[`${op}Grad`](dx, dy.contiguous(), y, rows, n);
      return [dx];
    };
  });
}

/** e^x / Σ e^x along `dim` (default: the last axis) */
export const softmax = (x: Tensor, options: { dim?: number | undefined } = {}): Tensor => {
  const { dim = -1, ...rest } = optionsOf("softmax", options);
  refuseUnknown("softmax", rest);
  return alongLast(x, dim, "softmax", (rows) => softmaxRows("softmax", rows));
};

/** ln softmax along `dim`, without loss of precision */
export const logSoftmax = (x: Tensor, options: { dim?: number | undefined } = {}): Tensor => {
  const { dim = -1, ...rest } = optionsOf("logSoftmax", options);
  refuseUnknown("logSoftmax", rest);
  return alongLast(x, dim, "logSoftmax", (rows) => softmaxRows("logSoftmax", rows));
};
