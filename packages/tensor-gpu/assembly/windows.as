/** @file Geometry of pooling windows on one plane; the shape's numbers stand in slots from 16 on. */
import { intAt } from "./slots";

export const enum Shape {
  height = 16, width, kernelHeight, kernelWidth, outHeight, outWidth, strideY, strideX, padY, padX, dilationY, dilationX,
  countPad,
}

/** First tap of a window starting at `start` that lies inside the image. */
@inline export function firstTap(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** One past the last tap that lies inside an image of `size`. */
@inline export function lastTap(start: i32, dilation: i32, taps: i32, size: i32): i32 {
  return start >= size ? 0 : min(taps, (size - 1 - start) / dilation + 1);
}

/** Whether `count` windows side by side, the first starting at column `start`, lie inside the image with all their columns. */
@inline export function areInside(args: usize, start: i32, count: i32): bool {
  const reach = (count - 1) * intAt(args, Shape.strideX) + (intAt(args, Shape.kernelWidth) - 1) * intAt(args, Shape.dilationX);
  return start >= 0 && start + reach < intAt(args, Shape.width);
}

/** Where four outputs at once start: at `ox`, or earlier where fewer than four are left of a row that has them. */
@inline export function lastFour(args: usize, ox: i32): i32 {
  const last = intAt(args, Shape.outWidth) - 4;
  return last >= 0 && ox > last ? last : ox;
}
