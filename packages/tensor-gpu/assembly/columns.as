/**
 * @file Windows of an image as columns of a matrix, and back. A row of the matrix belongs to a channel and a tap and
 * holds that tap's element for every place of the window. Slots: 0 out, 1 in, shape from 16.
 */
import { gather4, loadPart, storePart } from "./lanes";
import { addressAt, intAt, place } from "./slots";
import { firstTap, lastTap, Shape } from "./windows";

/** out[0 … n) = elements of x, `step` bytes apart. */
function copySpaced(out: usize, x: usize, step: usize, n: i32): void {
  if (step == 4) {
    for (; n >= 4; n -= 4, out += 16, x += 16) v128.store(out, v128.load(x));
    if (n > 0) storePart(out, loadPart(x, n), n);
    return;
  }
  for (; n >= 4; n -= 4, out += 16, x += 4 * step) v128.store(out, gather4(x, step));
  for (; n > 0; n--, out += 4, x += step) store<f32>(out, load<f32>(x));
}

/** Elements of out, `step` bytes apart, += x[0 … n). */
function addSpaced(out: usize, x: usize, step: usize, n: i32): void {
  if (step == 4) {
    for (; n >= 4; n -= 4, out += 16, x += 16) v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
    if (n > 0) storePart(out, f32x4.add(loadPart(out, n), loadPart(x, n)), n);
    return;
  }
  for (; n > 0; n--, out += step, x += 4) store<f32>(out, load<f32>(out) + load<f32>(x));
}

/** Items are rows of the matrix. */
export function im2col(args: usize, begin: i32, end: i32): void {
  const height = intAt(args, Shape.height), width = intAt(args, Shape.width);
  const kernelWidth = intAt(args, Shape.kernelWidth), taps = intAt(args, Shape.kernelHeight) * kernelWidth;
  const outHeight = intAt(args, Shape.outHeight), outWidth = intAt(args, Shape.outWidth);
  const strideX = intAt(args, Shape.strideX), step = <usize>strideX << 2;
  let out = place(addressAt(args, 0), begin * outHeight * outWidth);
  for (let row = begin; row < end; row++) {
    const plane = row / taps, tap = row - plane * taps, ky = tap / kernelWidth, kx = tap - ky * kernelWidth;
    const x = place(addressAt(args, 1), plane * height * width);
    const left = kx * intAt(args, Shape.dilationX) - intAt(args, Shape.padX);
    const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
    let y = ky * intAt(args, Shape.dilationY) - intAt(args, Shape.padY);
    for (let oy = 0; oy < outHeight; oy++, y += intAt(args, Shape.strideY), out += <usize>outWidth << 2) {
      if (y < 0 || y >= height || first == last) memory.fill(out, 0, <usize>outWidth << 2);
      else {
        for (let ox = 0; ox < first; ox++) store<f32>(place(out, ox), 0);
        copySpaced(place(out, first), place(x, y * width + left + first * strideX), step, last - first);
        for (let ox = last; ox < outWidth; ox++) store<f32>(place(out, ox), 0);
      }
    }
  }
}

/** Items are planes (image × channel) of the image. */
export function col2im(args: usize, begin: i32, end: i32): void {
  const height = intAt(args, Shape.height), width = intAt(args, Shape.width);
  const kernelHeight = intAt(args, Shape.kernelHeight), kernelWidth = intAt(args, Shape.kernelWidth);
  const outHeight = intAt(args, Shape.outHeight), outWidth = intAt(args, Shape.outWidth);
  const strideX = intAt(args, Shape.strideX), step = <usize>strideX << 2;
  for (let plane = begin; plane < end; plane++) {
    const dx = place(addressAt(args, 0), plane * height * width);
    let column = place(addressAt(args, 1), plane * kernelHeight * kernelWidth * outHeight * outWidth);
    memory.fill(dx, 0, <usize>(height * width) << 2);
    for (let ky = 0; ky < kernelHeight; ky++) for (let kx = 0; kx < kernelWidth; kx++) {
      const left = kx * intAt(args, Shape.dilationX) - intAt(args, Shape.padX);
      const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
      let y = ky * intAt(args, Shape.dilationY) - intAt(args, Shape.padY);
      for (let oy = 0; oy < outHeight; oy++, y += intAt(args, Shape.strideY), column += <usize>outWidth << 2) {
        if (y < 0 || y >= height) continue;
        addSpaced(place(dx, y * width + left + first * strideX), place(column, first), step, last - first);
      }
    }
  }
}
