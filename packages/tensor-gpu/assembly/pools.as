/** @file Maxima and means of windows, and their gradients. Items are planes (image × channel). */
import { Flag, place } from "./arguments";
import { spaced4 } from "./lanes";
import { areInside, firstTap, lastFour, lastTap, Windows } from "./windows";

@unmanaged class MaxPool extends Windows {
  out: usize;
  argmax: usize;
  x: usize;
}

@unmanaged class MaxPoolGrad extends Windows {
  dx: usize;
  dy: usize;
  argmax: usize;
}

/** Four windows side by side, none of which meets the border left or right. */
@inline function max4(args: Windows, out: usize, argmax: usize, x: usize, top: i32, left: i32): void {
  const width = args.width, strideX = args.strideX;
  const taps = args.kernelWidth, dilationX = args.dilationX;
  const dilationY = args.dilationY, step = <usize>strideX << 2;
  const last = lastTap(top, dilationY, args.kernelHeight, args.height);
  const lanes = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(strideX));
  let best = f32x4.splat(-Infinity), winner = i32x4.splat(-1);
  for (let ky = firstTap(top, dilationY); ky < last; ky++) {
    let at = (top + ky * dilationY) * width + left;
    for (let kx = 0; kx < taps; kx++, at += dilationX) {
      const value = spaced4(place(x, at), step);
      const firstNaN = v128.and(f32x4.ne(value, value), f32x4.eq(best, best));
      const better = v128.or(v128.or(f32x4.gt(value, best), firstNaN), i32x4.lt_s(winner, i32x4.splat(0)));
      best = v128.bitselect(value, best, better);
      winner = v128.bitselect(i32x4.add(lanes, i32x4.splat(at)), winner, better);
    }
  }
  v128.store(out, best);
  v128.store(argmax, winner);
}

@inline function max1(args: Windows, out: usize, argmax: usize, x: usize, top: i32, left: i32): void {
  const width = args.width, dilationX = args.dilationX;
  const dilationY = args.dilationY;
  const lastY = lastTap(top, dilationY, args.kernelHeight, args.height);
  const lastX = lastTap(left, dilationX, args.kernelWidth, width);
  let best: f32 = -Infinity, winner = -1;
  for (let ky = firstTap(top, dilationY); ky < lastY; ky++) {
    for (let kx = firstTap(left, dilationX); kx < lastX; kx++) {
      const at = (top + ky * dilationY) * width + left + kx * dilationX, value = load<f32>(place(x, at));
      if (winner >= 0 && !(value > best) && !(value != value && best == best)) continue;
      best = value;
      winner = at;
    }
  }
  store<f32>(out, best);
  store<i32>(argmax, winner);
}

export function maxPool(args: MaxPool, begin: i32, end: i32): void {
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const planeSize = args.height * args.width;
  for (let plane = begin; plane < end; plane++) {
    const first = plane * outHeight * outWidth, x = place(args.x, plane * planeSize);
    let out = place(args.out, first), argmax = place(args.argmax, first);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * args.strideY - args.padY;
      for (let ox = 0; ox < outWidth;) {
        const at = lastFour(args, ox), left = at * args.strideX - args.padX;
        const isWide = at + 4 <= outWidth && areInside(args, left, 4);
        if (isWide) max4(args, place(out, at), place(argmax, at), x, top, left);
        else max1(args, place(out, ox), place(argmax, ox), x, top, ox * args.strideX - args.padX);
        ox = isWide ? at + 4 : ox + 1;
      }
      out = place(out, outWidth);
      argmax = place(argmax, outWidth);
    }
  }
}

export function maxPoolGrad(args: MaxPoolGrad, begin: i32, end: i32): void {
  const outSize = args.outHeight * args.outWidth;
  const planeSize = args.height * args.width;
  for (let plane = begin; plane < end; plane++) {
    const dx = place(args.dx, plane * planeSize);
    memory.fill(dx, 0, <usize>planeSize << 2);
    for (let i = plane * outSize; i < (plane + 1) * outSize; i++) {
      const winner = load<i32>(place(args.argmax, i));
      if (winner < 0) continue;
      const target = place(dx, winner);
      store<f32>(target, load<f32>(target) + load<f32>(place(args.dy, i)));
    }
  }
}

@unmanaged class Averages extends Windows {
  countsPadding: Flag;
}

@unmanaged class AvgPool extends Averages {
  out: usize;
  x: usize;
}

@unmanaged class AvgPoolGrad extends Averages {
  dx: usize;
  dy: usize;
}

/** Number by which a window's sum is divided. */
@inline function divisor(args: Averages, rows: i32, columns: i32): f32 {
  if (args.countsPadding) return <f32>(args.kernelHeight * args.kernelWidth);
  return <f32>(rows * columns);
}

/** Four windows side by side, none of which meets the border left or right. */
@inline function mean4(args: Averages, out: usize, x: usize, top: i32, left: i32): void {
  const width = args.width, step = <usize>args.strideX << 2;
  const taps = args.kernelWidth, dilationY = args.dilationY;
  const first = firstTap(top, dilationY);
  const last = lastTap(top, dilationY, args.kernelHeight, args.height);
  let sum = f32x4.splat(0);
  for (let ky = first; ky < last; ky++) {
    let at = (top + ky * dilationY) * width + left;
    for (let kx = 0; kx < taps; kx++, at += args.dilationX) {
      sum = f32x4.add(sum, spaced4(place(x, at), step));
    }
  }
  v128.store(out, f32x4.div(sum, f32x4.splat(divisor(args, last - first, taps))));
}

@inline function mean1(args: Averages, out: usize, x: usize, top: i32, left: i32): void {
  const width = args.width, dilationX = args.dilationX;
  const dilationY = args.dilationY;
  const firstY = firstTap(top, dilationY), firstX = firstTap(left, dilationX);
  const lastY = lastTap(top, dilationY, args.kernelHeight, args.height);
  const lastX = lastTap(left, dilationX, args.kernelWidth, width);
  let sum: f32 = 0;
  for (let ky = firstY; ky < lastY; ky++) {
    for (let kx = firstX; kx < lastX; kx++) {
      sum += load<f32>(place(x, (top + ky * dilationY) * width + left + kx * dilationX));
    }
  }
  store<f32>(out, sum / divisor(args, lastY - firstY, lastX - firstX));
}

export function avgPool(args: AvgPool, begin: i32, end: i32): void {
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const planeSize = args.height * args.width;
  for (let plane = begin; plane < end; plane++) {
    const x = place(args.x, plane * planeSize);
    let out = place(args.out, plane * outHeight * outWidth);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * args.strideY - args.padY;
      for (let ox = 0; ox < outWidth;) {
        const at = lastFour(args, ox), left = at * args.strideX - args.padX;
        const isWide = at + 4 <= outWidth && areInside(args, left, 4);
        if (isWide) mean4(args, place(out, at), x, top, left);
        else mean1(args, place(out, ox), x, top, ox * args.strideX - args.padX);
        ox = isWide ? at + 4 : ox + 1;
      }
      out = place(out, outWidth);
    }
  }
}

/** Adds a window's share of its gradient to each of its elements. */
@inline function spread(args: Averages, dx: usize, dy: f32, top: i32, left: i32): void {
  const width = args.width, dilationX = args.dilationX;
  const dilationY = args.dilationY;
  const firstY = firstTap(top, dilationY), firstX = firstTap(left, dilationX);
  const lastY = lastTap(top, dilationY, args.kernelHeight, args.height);
  const lastX = lastTap(left, dilationX, args.kernelWidth, width);
  const share = dy / divisor(args, lastY - firstY, lastX - firstX);
  for (let ky = firstY; ky < lastY; ky++) {
    for (let kx = firstX; kx < lastX; kx++) {
      const target = place(dx, (top + ky * dilationY) * width + left + kx * dilationX);
      store<f32>(target, load<f32>(target) + share);
    }
  }
}

export function avgPoolGrad(args: AvgPoolGrad, begin: i32, end: i32): void {
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const planeSize = args.height * args.width;
  for (let plane = begin; plane < end; plane++) {
    const dx = place(args.dx, plane * planeSize);
    let dy = place(args.dy, plane * outHeight * outWidth);
    memory.fill(dx, 0, <usize>planeSize << 2);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * args.strideY - args.padY;
      for (let ox = 0; ox < outWidth; ox++, dy += 4) {
        spread(args, dx, load<f32>(dy), top, ox * args.strideX - args.padX);
      }
    }
  }
}
