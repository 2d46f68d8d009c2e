/** @file Dense convolutions and their two gradients: by the backend's own kernel if any, else by columns and a matrix product. */

import { tracked } from "../autograd/track";
import type { ConvShape } from "../backend/kernels";
import { withKernels, withShortcuts } from "../backend/with-kernels";
import { type Shape, sizeOf } from "../tensor/shape";
import { allocate, type Tensor } from "../tensor/tensor";
import { columnKernels } from "../wasm/kernels/columns";
import { convShortcuts } from "../wasm/kernels/conv";
import { gemmInto } from "./matmul";
import { reshape, transpose } from "./shape-ops";
import { sumTo } from "./support";

/** The backend with what a convolution needs. */
const backendOf = ({ storage: { backend } }: Tensor) =>
  withShortcuts(withKernels(backend, "im2col", columnKernels), "conv", convShortcuts);

/** The image's windows as columns: [batch, channels·kh·kw, outH·outW]. */
function columnsOf(input: Tensor, shape: ConvShape): Tensor {
  const depth = shape.channels * shape.kernelHeight * shape.kernelWidth;
  const area = shape.outHeight * shape.outWidth;
  const backend = backendOf(input);
  const columns = allocate("im2col", [shape.batch, depth, area], "float32", backend);
  backend.kernels.im2col(columns, input, shape);
  return columns;
}

/** out = weight applied to the windows of `input`. */
export function convInto(out: Tensor, input: Tensor, kernel: Tensor, shape: ConvShape): void {
  if (backendOf(out).shortcuts?.conv?.(out, input, kernel, shape)) return;
  const [outChannels] = kernel.shape as [number];
  const area = shape.outHeight * shape.outWidth;
  const columns = columnsOf(input, shape);
  const rows = out.view([shape.batch, outChannels, area], [outChannels * area, area, 1], 0);
  gemmInto(rows, reshape(kernel, [1, outChannels, columns.shape[1]!]), columns, false);
  columns.dispose();
}

/** Multiply-adds per output of a kernel [out, channels, kh, kw]. */
const depthOf = (kernel: Shape): number => sizeOf(kernel.slice(1));

/** The gradient of the images. @param dy contiguous */
export function convGradInput(dy: Tensor, kernel: Tensor, shape: ConvShape): Tensor {
  const backend = backendOf(dy);
  const { kernels } = backend;
  const size = [shape.batch, shape.channels, shape.height, shape.width];
  const dx = allocate("conv2d", size, "float32", backend);
  if (backend.shortcuts?.convGradInput?.(dx, dy, kernel, shape)) return dx;
  const [outChannels] = kernel.shape as [number];
  const depth = depthOf(kernel.shape);
  const area = shape.outHeight * shape.outWidth;
  const columns = allocate("conv2d", [shape.batch, depth, area], "float32", backend);
  const gradient = reshape(dy, [shape.batch, outChannels, area]);
  gemmInto(columns, transpose(reshape(kernel, [1, outChannels, depth])), gradient, false);
  kernels.col2im(dx, columns, shape);
  columns.dispose();
  return dx;
}

/** The gradient of the kernel. @param input contiguous @param dy contiguous @param size the kernel's shape */
export function convGradWeight(dy: Tensor, input: Tensor, size: Shape, shape: ConvShape): Tensor {
  const backend = backendOf(dy);
  const dw = allocate("conv2d", size, "float32", backend);
  if (backend.shortcuts?.convGradWeight?.(dw, dy, input, shape)) return dw;
  const outChannels = size[0]!;
  const depth = depthOf(size);
  // One product per image, then the sum: [batch, out, depth] -> [out, depth]
  const each = allocate("conv2d", [shape.batch, outChannels, depth], "float32", backend);
  const gradient = reshape(dy, [shape.batch, outChannels, shape.outHeight * shape.outWidth]);
  gemmInto(each, gradient, transpose(columnsOf(input, shape)), false);
  return reshape(sumTo(each, [outChannels, depth]), size);
}

/** The cross-correlation of contiguous or strided images with a kernel [out, channels, kh, kw], on the tape. */
export function denseConv(x: Tensor, weight: Tensor, shape: ConvShape): Tensor {
  const [outChannels] = weight.shape as [number];
  const { backend } = x.storage;
  const [input, kernel] = [x.contiguous(), weight.detach().contiguous()];
  const size = [shape.batch, outChannels, shape.outHeight, shape.outWidth];
  const out = allocate("conv2d", size, "float32", backend);
  convInto(out, input, kernel, shape);
  return tracked("conv2d", out, [x, weight], (hold, wants) => {
    const [image, w] = [wants[1] ? hold(input) : null, wants[0] ? hold(kernel) : null];
    return (dy, needs) => {
      const gradient = dy.contiguous();
      return [
        needs[0] ? convGradInput(gradient, w!, shape) : null,
        needs[1] ? convGradWeight(gradient, image!, kernel.shape, shape) : null,
      ];
    };
  });
}
