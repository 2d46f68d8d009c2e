import { tracked } from "../autograd/track";
import type { View } from "../backend/view";
import { withKernels } from "../backend/with-kernels";
import { allocate, type Tensor } from "../tensor/tensor";
import { swigluKernels } from "../wasm/kernels/swiglu";
import { assertFloat } from "./operands";
import { reshape } from "./shape-ops";
import { shapeError } from "./support";

/** silu(gate) · up, elementwise; the inputs may be halves of one tensor. @see Shazeer 2020, equation 6 */
export function swiglu(gate: Tensor, up: Tensor): Tensor {
  assertFloat("swiglu", gate, up);
  if (gate.shape.length !== up.shape.length || gate.shape.some((n, axis) => n !== up.shape[axis]))
    shapeError("swiglu", "gate and up must have the same shape", gate.shape, up.shape);
  const backend = withKernels(gate.storage.backend, "swiglu", swigluKernels);
  const out = allocate("swiglu", gate.shape, "float32", backend);
  const [g, u] = [rowsOf(gate), rowsOf(up)];
  backend.kernels.swiglu(rowsOf(out), g, u);
  return tracked("swiglu", out, [gate, up], (hold) => {
    const [left, right] = [hold(g), hold(u)];
    return (dy) => {
      const [dgate, dup] = [
        allocate("swiglu", out.shape, "float32", backend),
        allocate("swiglu", out.shape, "float32", backend),
      ];
      backend.kernels.swigluGrad(rowsOf(dgate), rowsOf(dup), rowsOf(dy.contiguous()), left, right);
      return [dgate, dup];
    };
  });
}

/**
 * silu(gate) · up where the two halves of the last axis are gate and up.
 * @param gateUp shape [..., 2f]
 * @returns shape [..., f]
 */
export function swigluPacked(gateUp: Tensor): Tensor {
  assertFloat("swigluPacked", gateUp);
  const width = gateUp.shape.at(-1)!;
  if (width % 2 !== 0) shapeError("swigluPacked", "the last axis must be even", gateUp.shape);
  const backend = withKernels(gateUp.storage.backend, "swiglu", swigluKernels);
  const rows = reshape(gateUp.detach(), [gateUp.size / Math.max(width, 1), width]);
  const out = allocate("swiglu", [...gateUp.shape.slice(0, -1), width / 2], "float32", backend);
  backend.kernels.swiglu(rowsOf(out), half(rows, 0), half(rows, 1));
  return tracked("swiglu", out, [gateUp], (hold) => {
    const input = hold(rows);
    return (dy) => {
      const dx = allocate("swiglu", input.shape, "float32", backend);
      backend.kernels.swigluGrad(
        half(dx, 0),
        half(dx, 1),
        rowsOf(dy.contiguous()),
        half(input, 0),
        half(input, 1),
      );
      return [reshape(dx, gateUp.shape)];
    };
  });
}

function half(rows: Tensor, which: 0 | 1): View {
  const [n, width] = rows.shape as [number, number];
  return {
    storage: rows.storage,
    offset: rows.offset + (which * width) / 2,
    shape: [n, width / 2],
    strides: rows.strides,
    dtype: "float32",
    size: rows.size / 2,
  };
}

/** Any tensor as [rows, n] with unit column stride, copied only where the layout requires it. */
function rowsOf(x: Tensor): Tensor {
  if (x.rank === 2 && x.strides[1] === 1) return x;
  const n = x.shape.at(-1) ?? 1;
  return reshape(x.detach(), [n === 0 ? 0 : x.size / n, n]);
}
