import type { ConvShape } from "../../../../src/backend/kernels";
import type { Agreement } from "../agreement";
import { pairs } from "../numbers";
import type { Scene } from "../scene";
import { EXACT, ROUNDING, SUM } from "../tolerances";

/** A window over an image, its output size worked out. Pairs are [vertical, horizontal]. */
export function convShape({
  batch = 1,
  channels = 1,
  size,
  kernel,
  stride = [1, 1],
  pad = [0, 0],
  dilation = [1, 1],
}: {
  batch?: number;
  channels?: number;
  size: [number, number];
  kernel: [number, number];
  stride?: [number, number];
  pad?: [number, number];
  dilation?: [number, number];
}): ConvShape {
  const reach = (axis: 0 | 1) => dilation[axis] * (kernel[axis] - 1) + 1;
  const out = (axis: 0 | 1) =>
    Math.floor((size[axis] + 2 * pad[axis] - reach(axis)) / stride[axis]) + 1;
  return {
    batch,
    channels,
    height: size[0],
    width: size[1],
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    outHeight: out(0),
    outWidth: out(1),
    strideY: stride[0],
    strideX: stride[1],
    padY: pad[0],
    padX: pad[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
  };
}

const SHAPES = [
  convShape({ size: [1, 1], kernel: [1, 1] }),
  convShape({ size: [5, 5], kernel: [3, 3] }),
  convShape({ batch: 2, channels: 3, size: [7, 9], kernel: [3, 3], pad: [1, 1] }),
  convShape({ batch: 2, channels: 2, size: [8, 11], kernel: [2, 3], stride: [2, 3] }),
  convShape({ channels: 5, size: [9, 6], kernel: [3, 2], stride: [2, 1], pad: [1, 1] }),
  convShape({ channels: 2, size: [12, 13], kernel: [3, 3], dilation: [2, 3], pad: [1, 0] }),
  convShape({ channels: 2, size: [33, 34], kernel: [5, 5], pad: [2, 2], stride: [2, 2] }),
  convShape({ channels: 4, size: [4, 65], kernel: [1, 1] }),
  convShape({ channels: 2, size: [2, 3], kernel: [3, 3], pad: [1, 1] }),
  convShape({ channels: 2, size: [6, 6], kernel: [6, 6] }),
  convShape({ channels: 2, size: [5, 4], kernel: [1, 1], stride: [2, 2] }),
  convShape({ batch: 0, channels: 2, size: [5, 4], kernel: [3, 3], pad: [1, 1] }),
  convShape({ batch: 4, channels: 16, size: [28, 28], kernel: [3, 3], pad: [1, 1] }),
];
/** Pooling pads less than half a window. */
const POOLS = [...SHAPES, convShape({ channels: 3, size: [8, 8], kernel: [2, 2], stride: [2, 2] })];

/** Shape of the image. */
export const inputOf = ({ batch, channels, height, width }: ConvShape) => [
  batch,
  channels,
  height,
  width,
];
/** Shape of what comes out, channel by channel. */
export const outputOf = ({ batch, channels, outHeight, outWidth }: ConvShape) => [
  batch,
  channels,
  outHeight,
  outWidth,
];
export const columnsOf = ({ batch, channels, kernelHeight, kernelWidth, ...shape }: ConvShape) => [
  batch,
  channels * kernelHeight * kernelWidth,
  shape.outHeight * shape.outWidth,
];

export function imageCases(agreement: Agreement): void {
  const { agrees } = agreement;
  agrees("im2col lays out windows", EXACT, SHAPES, (s, shape) =>
    s.kernels.im2col(s.output(columnsOf(shape)), s.input(inputOf(shape)), shape),
  );
  agrees("col2im sums windows back", SUM, SHAPES, (s, shape) =>
    s.kernels.col2im(s.output(inputOf(shape)), s.input(columnsOf(shape)), shape),
  );
  agrees("depthwiseConv is right for every window", SUM, SHAPES, (s, shape) => {
    const weight = weightOf(s, shape);
    s.kernels.depthwiseConv(s.output(outputOf(shape)), s.input(inputOf(shape)), weight, shape);
  });
  const wanted = pairs(SHAPES, ["both", "dx", "dweight"] as const);
  const tolerance = { rtol: 2e-5, atol: 2e-4 }; // the weights' gradient sums over whole images
  agrees("depthwiseConvGrad is right for every window", tolerance, wanted, (s, [shape, which]) => {
    const weight = weightOf(s, shape);
    const dx = which === "dweight" ? null : s.output(inputOf(shape));
    const dweight = which === "dx" ? null : s.output(weight.shape);
    const [dy, x] = [s.input(outputOf(shape)), s.input(inputOf(shape))];
    s.kernels.depthwiseConvGrad(dx, dweight, dy, x, weight, shape);
  });
  poolCases(agreement);
}

/** A window of weights for each channel. */
export const weightOf = (s: Scene, { channels, kernelHeight, kernelWidth }: ConvShape) =>
  s.input([channels, kernelHeight, kernelWidth]);

function poolCases({ agrees }: Agreement): void {
  agrees("maxPool and its gradient are right for every window", SUM, POOLS, (s, shape) => {
    const argmax = s.output(outputOf(shape), { dtype: "int32" });
    s.kernels.maxPool(s.output(outputOf(shape)), argmax, s.input(inputOf(shape)), shape);
    s.kernels.maxPoolGrad(s.output(inputOf(shape)), s.input(outputOf(shape)), argmax, shape);
  });
  const values = [Number.NEGATIVE_INFINITY, -5, Number.NaN];
  agrees("maxPool prefers -5 and -∞ to padding, and passes on NaN", EXACT, values, (s, value) => {
    const shape = convShape({ size: [3, 3], kernel: [3, 3], pad: [1, 1] });
    const x = s.input([1, 1, 3, 3], { values: new Array(9).fill(-5).with(4, value) });
    s.kernels.maxPool(
      s.output(outputOf(shape)),
      s.output(outputOf(shape), { dtype: "int32" }),
      x,
      shape,
    );
    const all = s.input([1, 1, 3, 3], { values: new Array(9).fill(value) });
    s.kernels.maxPool(
      s.output(outputOf(shape)),
      s.output(outputOf(shape), { dtype: "int32" }),
      all,
      shape,
    );
  });
  agrees("maxPool takes the first of equals", EXACT, POOLS, (s, shape) => {
    const size = inputOf(shape).reduce((a, b) => a * b, 1);
    const x = s.input(inputOf(shape), {
      values: Array.from({ length: size }, () => Math.floor(s.random() * 3)),
    });
    const argmax = s.output(outputOf(shape), { dtype: "int32" });
    s.kernels.maxPool(s.output(outputOf(shape)), argmax, x, shape);
  });
  agrees("avgPool and its gradient divide as told", SUM, pairs(POOLS, [false, true]), (s, p) => {
    const [shape, countPad] = p;
    s.kernels.avgPool(s.output(outputOf(shape)), s.input(inputOf(shape)), shape, countPad);
    s.kernels.avgPoolGrad(s.output(inputOf(shape)), s.input(outputOf(shape)), shape, countPad);
  });
  agrees("avgPool of ones is 1 where padding does not count", ROUNDING, POOLS, (s, shape) => {
    const size = inputOf(shape).reduce((a, b) => a * b, 1);
    const x = s.input(inputOf(shape), { values: new Array(size).fill(1) });
    s.kernels.avgPool(s.output(outputOf(shape)), x, shape, false);
  });
}
