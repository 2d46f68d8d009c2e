/**
 * @file Windows of an image as columns of a matrix, and back. A row of the matrix belongs to a channel and a tap and
 * holds that tap's element for every place of the window.
 */
import { place } from "./arguments";
import { gather4, loadPart, storePart } from "./lanes";
import { firstTap, lastTap, Windows } from "./windows";

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

@unmanaged class Im2col extends Windows {
  out: usize;
  x: usize;
}

/** Items are rows of the matrix. */
export function im2col(args: Im2col, begin: i32, end: i32): void {
  const height = args.height, width = args.width;
  const kernelWidth = args.kernelWidth, taps = args.kernelHeight * kernelWidth;
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const strideX = args.strideX, step = <usize>strideX << 2;
  let out = place(args.out, begin * outHeight * outWidth);
  for (let row = begin; row < end; row++) {
    const plane = row / taps, tap = row - plane * taps, ky = tap / kernelWidth, kx = tap - ky * kernelWidth;
    const x = place(args.x, plane * height * width);
    const left = kx * args.dilationX - args.padX;
    const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
    let y = ky * args.dilationY - args.padY;
    for (let oy = 0; oy < outHeight; oy++, y += args.strideY, out += <usize>outWidth << 2) {
      if (y < 0 || y >= height || first == last) memory.fill(out, 0, <usize>outWidth << 2);
      else {
        for (let ox = 0; ox < first; ox++) store<f32>(place(out, ox), 0);
        copySpaced(place(out, first), place(x, y * width + left + first * strideX), step, last - first);
        for (let ox = last; ox < outWidth; ox++) store<f32>(place(out, ox), 0);
      }
    }
  }
}

@unmanaged class Col2im extends Windows {
  dx: usize;
  columns: usize;
}

/** Items are planes (image × channel) of the image. */
export function col2im(args: Col2im, begin: i32, end: i32): void {
  const height = args.height, width = args.width;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const outHeight = args.outHeight, outWidth = args.outWidth;
  const strideX = args.strideX, step = <usize>strideX << 2;
  for (let plane = begin; plane < end; plane++) {
    const dx = place(args.dx, plane * height * width);
    let column = place(args.columns, plane * kernelHeight * kernelWidth * outHeight * outWidth);
    memory.fill(dx, 0, <usize>(height * width) << 2);
    for (let ky = 0; ky < kernelHeight; ky++) for (let kx = 0; kx < kernelWidth; kx++) {
      const left = kx * args.dilationX - args.padX;
      const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
      let y = ky * args.dilationY - args.padY;
      for (let oy = 0; oy < outHeight; oy++, y += args.strideY, column += <usize>outWidth << 2) {
        if (y < 0 || y >= height) continue;
        addSpaced(place(dx, y * width + left + first * strideX), place(column, first), step, last - first);
      }
    }
  }
}
