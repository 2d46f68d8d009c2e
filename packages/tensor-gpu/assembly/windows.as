/** @file Windows on one plane. */

/** The shape of windows on one plane: the first arguments of each kernel that moves windows over images. */
@unmanaged export class Windows {
  height: i32;
  width: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  outHeight: i32;
  outWidth: i32;
  strideY: i32;
  strideX: i32;
  padY: i32;
  padX: i32;
  dilationY: i32;
  dilationX: i32;
}

@unmanaged export class Planes extends Windows {
  channels: i32;
  batch: i32;
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
@inline export function areInside(args: Windows, start: i32, count: i32): bool {
  const reach = (count - 1) * args.strideX + (args.kernelWidth - 1) * args.dilationX;
  return start >= 0 && start + reach < args.width;
}

/** Where four outputs at once start: at `ox`, or earlier where fewer than four are left of a row that has them. */
@inline export function lastFour(args: Windows, ox: i32): i32 {
  const last = args.outWidth - 4;
  return last >= 0 && ox > last ? last : ox;
}
