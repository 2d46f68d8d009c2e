import { tracked } from "../autograd/track";
import type { View } from "../backend/view";
import { resolveAxis } from "../tensor/shape";
import { assertWhole, LARGEST_SIZE } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertTensors } from "./operands";
import { permute, reshape } from "./shape-ops";
import { cast } from "./support";

/** Row i of a contiguous [n, m]. */
function row(x: Tensor, i: number): View {
  const m = x.shape[1]!;
  const { storage, dtype } = x;
  return { storage, dtype, offset: x.offset + i * m, shape: [m], strides: [1], size: m };
}

/** y[i] = y[i − 1] · x[i] over the rows of a contiguous [n, m]. */
function scan(x: Tensor): Tensor {
  const { backend } = x.storage;
  const out = allocate("cumprod", x.shape, x.dtype, backend);
  for (let i = 0; i < x.shape[0]!; i++) {
    if (i === 0) backend.kernels.copy(row(out, 0), row(x, 0));
    else backend.kernels.arithmetic("mul", row(out, i), row(out, i - 1), row(x, i));
  }
  return out;
}

/**
 * dx[i] = y[i − 1] · s[i] with s[i] = dy[i] + x[i + 1] · s[i + 1]: no division, so it is correct where x is 0.
 * @param dy contiguous
 */
function scanGradient(dy: Tensor, x: Tensor, y: Tensor): Tensor {
  const { backend } = dy.storage;
  const { kernels } = backend;
  const n = x.shape[0]!;
  const dx = allocate("cumprod", x.shape, "float32", backend);
  const rest = allocate("cumprod", x.shape, "float32", backend);
  kernels.copy(rest, dy);
  const passed = allocate("cumprod", [x.shape[1]!], "float32", backend);
  for (let i = n - 2; i >= 0; i--) {
    kernels.arithmetic("mul", passed, row(x, i + 1), row(rest, i + 1));
    kernels.addScaled(row(rest, i), passed, 1);
  }
  for (let i = 0; i < n; i++) {
    if (i === 0) kernels.copy(row(dx, 0), row(rest, 0));
    else kernels.arithmetic("mul", row(dx, i), row(y, i - 1), row(rest, i));
  }
  rest.dispose();
  passed.dispose();
  return dx;
}

/**
 * Running products along `dim`: out[i] = x[0] · … · x[i], computed one by one, so that they overflow where the products do.
 * Launches one kernel per entry of the axis. The gradient is correct where elements are 0.
 *
 * @param x float32, int32 or bool; any shape with at least one axis
 * @param dim the axis, negative values count from the end
 * @returns x's shape; int32 for bool
 * @throws {TensorError} `ERR_RANGE`, `ERR_SHAPE`
 */
export function cumprod(x: Tensor, dim: number): Tensor {
  assertTensors("cumprod", x);
  assertWhole("cumprod", "dim", dim, { least: -LARGEST_SIZE });
  const axis = resolveAxis("cumprod", dim, x.rank);
  const order = [axis, ...[...x.shape.keys()].filter((a) => a !== axis)];
  const moved = permute(x.dtype === "bool" ? cast(x, "int32") : x, order);
  const n = x.shape[axis]!;
  const rows = reshape(moved, [n, n === 0 ? 0 : x.size / n]);
  const input = rows.contiguous();
  const products = scan(input);
  const out = tracked("cumprod", products, [rows], (hold) => {
    const [factors, held] = [hold(input), hold(products)];
    return (dy) => [scanGradient(dy.contiguous(), factors, held)];
  });
  return permute(
    reshape(out, moved.shape),
    order.map((_, a) => order.indexOf(a)),
  );
}
