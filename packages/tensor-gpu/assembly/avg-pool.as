/** @file Means of windows, and their gradient. Items are planes (image × channel). */
import { spaced4 } from "./lanes";
import { addressAt, intAt, place } from "./slots";
import { areInside, firstTap, lastFour, lastTap, Shape } from "./windows";

/** Number by which a window's sum is divided. */
@inline function divisor(args: usize, rows: i32, columns: i32): f32 {
  if (intAt(args, Shape.countPad)) return <f32>(intAt(args, Shape.kernelHeight) * intAt(args, Shape.kernelWidth));
  return <f32>(rows * columns);
}

/** Four windows side by side, none of which meets the border left or right. */
@inline function mean4(args: usize, out: usize, x: usize, top: i32, left: i32): void {
  const width = intAt(args, Shape.width), step = <usize>intAt(args, Shape.strideX) << 2;
  const taps = intAt(args, Shape.kernelWidth), dilationY = intAt(args, Shape.dilationY);
  const first = firstTap(top, dilationY);
  const last = lastTap(top, dilationY, intAt(args, Shape.kernelHeight), intAt(args, Shape.height));
  let sum = f32x4.splat(0);
  for (let ky = first; ky < last; ky++) {
    let at = (top + ky * dilationY) * width + left;
    for (let kx = 0; kx < taps; kx++, at += intAt(args, Shape.dilationX)) {
      sum = f32x4.add(sum, spaced4(place(x, at), step));
    }
  }
  v128.store(out, f32x4.div(sum, f32x4.splat(divisor(args, last - first, taps))));
}

@inline function mean1(args: usize, out: usize, x: usize, top: i32, left: i32): void {
  const width = intAt(args, Shape.width), dilationX = intAt(args, Shape.dilationX);
  const dilationY = intAt(args, Shape.dilationY);
  const firstY = firstTap(top, dilationY), firstX = firstTap(left, dilationX);
  const lastY = lastTap(top, dilationY, intAt(args, Shape.kernelHeight), intAt(args, Shape.height));
  const lastX = lastTap(left, dilationX, intAt(args, Shape.kernelWidth), width);
  let sum: f32 = 0;
  for (let ky = firstY; ky < lastY; ky++) {
    for (let kx = firstX; kx < lastX; kx++) {
      sum += load<f32>(place(x, (top + ky * dilationY) * width + left + kx * dilationX));
    }
  }
  store<f32>(out, sum / divisor(args, lastY - firstY, lastX - firstX));
}

/** Slots: out, x, shape, then whether padding counts. */
export function avgPool(args: usize, begin: i32, end: i32): void {
  const outHeight = intAt(args, Shape.outHeight), outWidth = intAt(args, Shape.outWidth);
  const planeSize = intAt(args, Shape.height) * intAt(args, Shape.width);
  for (let plane = begin; plane < end; plane++) {
    const x = place(addressAt(args, 1), plane * planeSize);
    let out = place(addressAt(args, 0), plane * outHeight * outWidth);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * intAt(args, Shape.strideY) - intAt(args, Shape.padY);
      for (let ox = 0; ox < outWidth;) {
        const at = lastFour(args, ox), left = at * intAt(args, Shape.strideX) - intAt(args, Shape.padX);
        const isWide = at + 4 <= outWidth && areInside(args, left, 4);
        if (isWide) mean4(args, place(out, at), x, top, left);
        else mean1(args, place(out, ox), x, top, ox * intAt(args, Shape.strideX) - intAt(args, Shape.padX));
        ox = isWide ? at + 4 : ox + 1;
      }
      out = place(out, outWidth);
    }
  }
}

/** Adds a window's share of its gradient to each of its elements. */
@inline function spread(args: usize, dx: usize, dy: f32, top: i32, left: i32): void {
  const width = intAt(args, Shape.width), dilationX = intAt(args, Shape.dilationX);
  const dilationY = intAt(args, Shape.dilationY);
  const firstY = firstTap(top, dilationY), firstX = firstTap(left, dilationX);
  const lastY = lastTap(top, dilationY, intAt(args, Shape.kernelHeight), intAt(args, Shape.height));
  const lastX = lastTap(left, dilationX, intAt(args, Shape.kernelWidth), width);
  const share = dy / divisor(args, lastY - firstY, lastX - firstX);
  for (let ky = firstY; ky < lastY; ky++) {
    for (let kx = firstX; kx < lastX; kx++) {
      const target = place(dx, (top + ky * dilationY) * width + left + kx * dilationX);
      store<f32>(target, load<f32>(target) + share);
    }
  }
}

/** Slots: dx, dy, shape, then whether padding counts. */
export function avgPoolGrad(args: usize, begin: i32, end: i32): void {
  const outHeight = intAt(args, Shape.outHeight), outWidth = intAt(args, Shape.outWidth);
  const planeSize = intAt(args, Shape.height) * intAt(args, Shape.width);
  for (let plane = begin; plane < end; plane++) {
    const dx = place(addressAt(args, 0), plane * planeSize);
    let dy = place(addressAt(args, 1), plane * outHeight * outWidth);
    memory.fill(dx, 0, <usize>planeSize << 2);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * intAt(args, Shape.strideY) - intAt(args, Shape.padY);
      for (let ox = 0; ox < outWidth; ox++, dy += 4) {
        spread(args, dx, load<f32>(dy), top, ox * intAt(args, Shape.strideX) - intAt(args, Shape.padX));
      }
    }
  }
}
