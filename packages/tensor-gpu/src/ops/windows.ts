/** @file The placement of windows on an image, for convolution and pooling: checked settings and shapes. */
import type { ConvShape } from "../backend/kernels";
import { fail, refuseUnknown } from "../errors";
import { assertWhole, showValue } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { shapeError } from "./support";

/** One number for both axes, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

export interface ConvOptions {
  /** Whole numbers of at least 1. Default 1. */
  stride?: Pair | undefined;
  /** Zeros around the image, whole numbers of at least 0. Default 0. */
  padding?: Pair | undefined;
  /** Whole numbers of at least 1. Default 1. */
  dilation?: Pair | undefined;
  /** Number of channel groups, a divisor of both channel counts. Default 1; one group per channel is depthwise. */
  groups?: number | undefined;
}

export interface PoolOptions {
  /** Default: the kernel's size. */
  stride?: Pair | undefined;
  /** At most half the kernel. Default 0. */
  padding?: Pair | undefined;
}

type WindowSettings = Pick<
  ConvShape,
  | "kernelHeight"
  | "kernelWidth"
  | "strideY"
  | "strideX"
  | "padY"
  | "padX"
  | "dilationY"
  | "dilationX"
>;

/** Limit on positions, which are computed in int32: far beyond any image, and safe from overflow. */
export const FURTHEST = 2 ** 24;

/** A setting for both axes. @throws {TensorError} `ERR_RANGE` for what is neither a whole number nor a pair of them */
export function pair(
  op: string,
  name: string,
  value: Pair,
  least: number,
): readonly [number, number] {
  const both = typeof value === "number" ? [value, value] : value;
  if (!Array.isArray(both) || both.length !== 2)
    fail("ERR_RANGE", `${op}: ${name} must be a whole number or two, got ${showValue(value)}`, {
      op,
      name,
      value,
    });
  for (const each of both) assertWhole(op, name, each, { least, most: FURTHEST });
  return both as [number, number];
}

/**
 * Settings of a convolution for both axes.
 * @throws {TensorError} `ERR_RANGE`; `ERR_ARGUMENT` for other options
 */
export function convSettings(
  op: string,
  kernel: Pair,
  { stride = 1, padding = 0, dilation = 1, ...rest }: Omit<ConvOptions, "groups">,
): WindowSettings {
  refuseUnknown(op, rest);
  const [kernelHeight, kernelWidth] = pair(op, "kernel", kernel, 1);
  const [strideY, strideX] = pair(op, "stride", stride, 1);
  const [padY, padX] = pair(op, "padding", padding, 0);
  const [dilationY, dilationX] = pair(op, "dilation", dilation, 1);
  return { kernelHeight, kernelWidth, strideY, strideX, padY, padX, dilationY, dilationX };
}

/**
 * Settings of a pooling: its padding may not exceed half the kernel, since a window could then hold only padding.
 * @throws {TensorError} `ERR_RANGE`
 */
export function poolSettings(
  op: string,
  kernel: Pair,
  { stride = kernel, ...rest }: PoolOptions,
): WindowSettings {
  const settings = convSettings(op, kernel, { stride, ...rest });
  const { padY, padX, kernelHeight, kernelWidth } = settings;
  if (2 * padY <= kernelHeight && 2 * padX <= kernelWidth) return settings;
  fail(
    "ERR_RANGE",
    `${op}: padding must be at most half the kernel, got [${padY}, ${padX}] for [${kernelHeight}, ${kernelWidth}]`,
    { op, padding: [padY, padX], kernel: [kernelHeight, kernelWidth] },
  );
}

function windowsOn(op: string, x: Tensor, settings: WindowSettings): ConvShape {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const places = (size: number, pad: number, reach: number, stride: number) =>
    Math.floor((size + 2 * pad - reach - 1) / stride) + 1;
  const { kernelHeight, kernelWidth, strideY, strideX, padY, padX, dilationY, dilationX } =
    settings;
  const outHeight = places(height, padY, dilationY * (kernelHeight - 1), strideY);
  const outWidth = places(width, padX, dilationX * (kernelWidth - 1), strideX);
  if (outHeight < 1 || outWidth < 1)
    shapeError(
      op,
      "the kernel must fit into the padded image",
      [kernelHeight, kernelWidth],
      x.shape,
    );
  return { batch, channels, height, width, outHeight, outWidth, ...settings };
}

/** @param x shape [batch, channels, height, width] @throws {TensorError} `ERR_RANGE`, `ERR_SHAPE` where the kernel does not fit */
export const convShape = (
  op: string,
  x: Tensor,
  kernel: Pair,
  options: Omit<ConvOptions, "groups">,
): ConvShape => windowsOn(op, x, convSettings(op, kernel, options));

/** @throws {TensorError} as `convShape`, and `ERR_SHAPE` unless x is [batch, channels, height, width] */
export function poolShape(op: string, x: Tensor, kernel: Pair, options: PoolOptions): ConvShape {
  if (x.rank !== 4) shapeError(op, "x must be [batch, channels, height, width]", x.shape);
  return windowsOn(op, x, poolSettings(op, kernel, options));
}
