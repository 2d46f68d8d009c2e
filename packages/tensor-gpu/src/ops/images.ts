/** @file Convolution and pooling over NCHW images. */

import { tracked } from "../autograd/track";
import type { ConvShape } from "../backend/kernels";
import { withKernels } from "../backend/with-kernels";
import { optionsOf, refuseUnknown } from "../errors";
import { assertWhole } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { depthwiseConvKernels } from "../wasm/kernels/depthwise-conv";
import { poolKernels } from "../wasm/kernels/pools";
import { convInGroups } from "./conv-groups";
import { denseConv } from "./dense-conv";
import { affinePerChannel } from "./norms";
import { assertFloat, assertFloatOrNull, assertTensors } from "./operands";
import { reshape, unsqueeze } from "./shape-ops";
import { shapeError } from "./support";
import { type ConvOptions, convShape, type Pair, type PoolOptions, poolShape } from "./windows";

function depthwiseConv(x: Tensor, weight: Tensor, shape: ConvShape): Tensor {
  const backend = withKernels(x.storage.backend, "depthwiseConv", depthwiseConvKernels);
  const [input, kernel] = [
    x.contiguous(),
    reshape(weight.detach(), [shape.channels, shape.kernelHeight, shape.kernelWidth]),
  ];
  const out = allocate(
    "conv2d",
    [shape.batch, shape.channels, shape.outHeight, shape.outWidth],
    "float32",
    backend,
  );
  backend.kernels.depthwiseConv(out, input, kernel, shape);
  return tracked("conv2d", out, [x, weight], (hold) => {
    const [image, w] = [hold(input), hold(kernel)];
    return (dy, needs) => {
      const dx = needs[0] ? allocate("conv2d", image.shape, "float32", backend) : null;
      const dw = needs[1] ? allocate("conv2d", w.shape, "float32", backend) : null;
      backend.kernels.depthwiseConvGrad(dx, dw, dy.contiguous(), image, w, shape);
      return [dx, dw && reshape(dw, weight.shape)];
    };
  });
}

/** Groups of one channel use the depthwise kernel; each channel is repeated once per output channel that it has. */
function crossCorrelate(x: Tensor, weight: Tensor, shape: ConvShape, groups: number): Tensor {
  if (groups === 1) return denseConv(x, weight, shape);
  const [channels, outChannels] = [x.shape[1]!, weight.shape[0]!];
  if (groups === channels && outChannels > 0) {
    const input = outChannels === groups ? x : x.repeatInterleave(outChannels / groups, 1);
    return depthwiseConv(input, weight, { ...shape, channels: outChannels });
  }
  const inner = { ...shape, channels: channels / groups };
  return convInGroups(x, weight, groups, (input, kernel) => denseConv(input, kernel, inner));
}

/**
 * Cross-correlation of images with kernels, as PyTorch's conv2d. On the wasm backend, 3×3 kernels of stride 1 may be
 * computed in tiles of 2×2 outputs (Lavin and Gray 2016, section 4.1). Their rounding errors are relative to the largest value
 * of a tile.
 *
 * @param x shape [batch, channels, height, width]
 * @param weight shape [out, channels / groups, kernelHeight, kernelWidth]
 * @param bias shape [out], or null
 * @returns shape [batch, out, outHeight, outWidth]
 * @throws {TensorError} `ERR_SHAPE`, also where the groups do not divide the channels of both sides. `ERR_RANGE` for a
 *   stride, padding, dilation or number of groups that is not a whole number in its range. `ERR_DTYPE`
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor {
  const { groups = 1, stride, padding, dilation, ...rest } = optionsOf("conv2d", options);
  refuseUnknown("conv2d", rest);
  assertFloat("conv2d", x, weight);
  assertFloatOrNull("conv2d", x, bias);
  assertWhole("conv2d", "groups", groups, { least: 1 });
  if (bias && (bias.rank !== 1 || bias.size !== weight.shape[0]))
    shapeError("conv2d", "the bias must be [out]", bias.shape, weight.shape);
  if (x.rank !== 4 || weight.rank !== 4 || x.shape[1] !== weight.shape[1]! * groups)
    shapeError(
      "conv2d",
      `x [batch, channels, height, width] needs a weight [out, channels / ${groups}, kh, kw]`,
      x.shape,
      weight.shape,
    );
  if (weight.shape[0]! % groups !== 0)
    shapeError("conv2d", `${groups} groups must divide the output channels`, x.shape, weight.shape);
  const windows = { stride, padding, dilation };
  const shape = convShape("conv2d", x, [weight.shape[2]!, weight.shape[3]!], windows);
  return affinePerChannel(crossCorrelate(x, weight, shape, groups), null, bias);
}

/**
 * `conv2d` over one axis: x [batch, channels, length], weight [out, channels / groups, kernel].
 * @returns shape [batch, out, outLength]
 */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: {
    stride?: number | undefined;
    padding?: number | undefined;
    dilation?: number | undefined;
    groups?: number | undefined;
  } = {},
): Tensor {
  const {
    stride = 1,
    padding = 0,
    dilation = 1,
    groups = 1,
    ...rest
  } = optionsOf("conv1d", options);
  refuseUnknown("conv1d", rest);
  assertFloat("conv1d", x, weight);
  if (x.rank !== 3 || weight.rank !== 3)
    shapeError(
      "conv1d",
      "x [batch, channels, length] needs a weight [out, channels / groups, kernel]",
      x.shape,
      weight.shape,
    );
  const flat = conv2d(unsqueeze(x, 2), unsqueeze(weight, 2), bias, {
    stride: [1, stride],
    padding: [0, padding],
    dilation: [1, dilation],
    groups,
  });
  return flat.squeeze(2);
}

/** The largest value of each window. @param kernel window size @returns shape [batch, channels, outHeight, outWidth] */
export function maxPool2d(x: Tensor, kernel: Pair, options: PoolOptions = {}): Tensor {
  const { stride = kernel, padding = 0, ...rest } = optionsOf("maxPool2d", options);
  refuseUnknown("maxPool2d", rest);
  assertFloat("maxPool2d", x);
  const shape = poolShape("maxPool2d", x, kernel, { stride, padding });
  const backend = withKernels(x.storage.backend, "maxPool", poolKernels);
  const out = allocate(
    "maxPool2d",
    [shape.batch, shape.channels, shape.outHeight, shape.outWidth],
    "float32",
    backend,
  );
  const winners = allocate("maxPool2d", out.shape, "int32", backend);
  backend.kernels.maxPool(out, winners, x.contiguous(), shape);
  return tracked("maxPool2d", out, [x], (hold) => {
    const [at, before] = [hold(winners), x.shape];
    return (dy) => {
      const dx = allocate("maxPool2d", before, "float32", backend);
      backend.kernels.maxPoolGrad(dx, dy.contiguous(), at, shape);
      return [dx];
    };
  });
}

/** The mean of each window. @param options.countIncludePad whether the divisor includes padding, default true as in PyTorch */
export function avgPool2d(
  x: Tensor,
  kernel: Pair,
  options: PoolOptions & { countIncludePad?: boolean | undefined } = {},
): Tensor {
  const {
    stride = kernel,
    padding = 0,
    countIncludePad = true,
    ...rest
  } = optionsOf("avgPool2d", options);
  refuseUnknown("avgPool2d", rest);
  assertFloat("avgPool2d", x);
  const shape = poolShape("avgPool2d", x, kernel, { stride, padding });
  const backend = withKernels(x.storage.backend, "maxPool", poolKernels);
  const out = allocate(
    "avgPool2d",
    [shape.batch, shape.channels, shape.outHeight, shape.outWidth],
    "float32",
    backend,
  );
  backend.kernels.avgPool(out, x.contiguous(), shape, countIncludePad);
  return tracked("avgPool2d", out, [x], () => {
    const before = x.shape;
    return (dy) => {
      const dx = allocate("avgPool2d", before, "float32", backend);
      backend.kernels.avgPoolGrad(dx, dy.contiguous(), shape, countIncludePad);
      return [dx];
    };
  });
}

/**
 * Nearest-neighbour interpolation: each pixel is repeated `scale` times along both axes.
 * @param x shape [batch, channels, height, width]
 * @param scale a whole number of at least 1
 * @throws {TensorError} `ERR_RANGE`, `ERR_SHAPE`
 */
export function upsampleNearest(x: Tensor, scale: number): Tensor {
  assertTensors("upsampleNearest", x);
  assertWhole("upsampleNearest", "scale", scale, { least: 1 });
  if (x.rank !== 4)
    shapeError("upsampleNearest", "x must be [batch, channels, height, width]", x.shape);
  return x.repeatInterleave(scale, 2).repeatInterleave(scale, 3);
}
