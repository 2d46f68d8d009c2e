/** @file Maxima of windows, and their gradient. Items are planes (image × channel). */
import { spaced4 } from "./lanes";
import { addressAt, intAt, place } from "./slots";
import { areInside, firstTap, lastFour, lastTap, Shape } from "./windows";

/** Four windows side by side, none of which meets the border left or right. */
@inline function max4(args: usize, out: usize, argmax: usize, x: usize, top: i32, left: i32): void {
  const width = intAt(args, Shape.width), strideX = intAt(args, Shape.strideX);
  const taps = intAt(args, Shape.kernelWidth), dilationX = intAt(args, Shape.dilationX);
  const dilationY = intAt(args, Shape.dilationY), step = <usize>strideX << 2;
  const last = lastTap(top, dilationY, intAt(args, Shape.kernelHeight), intAt(args, Shape.height));
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

@inline function max1(args: usize, out: usize, argmax: usize, x: usize, top: i32, left: i32): void {
  const width = intAt(args, Shape.width), dilationX = intAt(args, Shape.dilationX);
  const dilationY = intAt(args, Shape.dilationY);
  const lastY = lastTap(top, dilationY, intAt(args, Shape.kernelHeight), intAt(args, Shape.height));
  const lastX = lastTap(left, dilationX, intAt(args, Shape.kernelWidth), width);
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

/** Slots: out, argmax, x, shape. */
export function maxPool(args: usize, begin: i32, end: i32): void {
  const outHeight = intAt(args, Shape.outHeight), outWidth = intAt(args, Shape.outWidth);
  const planeSize = intAt(args, Shape.height) * intAt(args, Shape.width);
  for (let plane = begin; plane < end; plane++) {
    const first = plane * outHeight * outWidth, x = place(addressAt(args, 2), plane * planeSize);
    let out = place(addressAt(args, 0), first), argmax = place(addressAt(args, 1), first);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * intAt(args, Shape.strideY) - intAt(args, Shape.padY);
      for (let ox = 0; ox < outWidth;) {
        const at = lastFour(args, ox), left = at * intAt(args, Shape.strideX) - intAt(args, Shape.padX);
        const isWide = at + 4 <= outWidth && areInside(args, left, 4);
        if (isWide) max4(args, place(out, at), place(argmax, at), x, top, left);
        else max1(args, place(out, ox), place(argmax, ox), x, top, ox * intAt(args, Shape.strideX) - intAt(args, Shape.padX));
        ox = isWide ? at + 4 : ox + 1;
      }
      out = place(out, outWidth);
      argmax = place(argmax, outWidth);
    }
  }
}

/** Slots: dx, dy, argmax, shape. */
export function maxPoolGrad(args: usize, begin: i32, end: i32): void {
  const outSize = intAt(args, Shape.outHeight) * intAt(args, Shape.outWidth);
  const planeSize = intAt(args, Shape.height) * intAt(args, Shape.width);
  for (let plane = begin; plane < end; plane++) {
    const dx = place(addressAt(args, 0), plane * planeSize);
    memory.fill(dx, 0, <usize>planeSize << 2);
    for (let i = plane * outSize; i < (plane + 1) * outSize; i++) {
      const winner = load<i32>(place(addressAt(args, 2), i));
      if (winner < 0) continue;
      const target = place(dx, winner);
      store<f32>(target, load<f32>(target) + load<f32>(place(addressAt(args, 1), i)));
    }
  }
}
