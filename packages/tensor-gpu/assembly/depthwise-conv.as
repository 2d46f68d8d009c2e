/** @file Convolution of each channel with a kernel of its own. */
import { place } from "./arguments";
import { gather4, gatherPart, loadPart, storePart } from "./lanes";
import { madd, madd1, sumLanes } from "./math";
import { firstTap, lastTap, Planes, Windows } from "./windows";

/** out[0 … n) += w · x, for elements of x `step` bytes apart. */
function addScaledSpaced(out: usize, x: usize, step: usize, w: f32, n: i32): void {
  const scale = f32x4.splat(w);
  if (step == 4) {
    for (; n >= 4; n -= 4, out += 16, x += 16) v128.store(out, madd(scale, v128.load(x), v128.load(out)));
    if (n > 0) storePart(out, madd(scale, loadPart(x, n), loadPart(out, n)), n);
    return;
  }
  for (; n >= 4; n -= 4, out += 16, x += 4 * step) v128.store(out, madd(scale, gather4(x, step), v128.load(out)));
  for (; n > 0; n--, out += 4, x += step) store<f32>(out, madd1(w, load<f32>(x), load<f32>(out)));
}

/** Elements of out, `step` bytes apart, += w · x[0 … n). */
function scatterScaled(out: usize, x: usize, step: usize, w: f32, n: i32): void {
  if (step == 4) addScaledSpaced(out, x, 4, w, n);
  else for (; n > 0; n--, out += step, x += 4) store<f32>(out, madd1(w, load<f32>(x), load<f32>(out)));
}

/** Four outputs of a 3×3 kernel, stride and dilation 1, whose nine taps all lie inside; `row` in bytes. */
@inline function nineTaps(x: usize, row: usize, w: usize): v128 {
  const y = x + row, z = y + row;
  let s = f32x4.mul(v128.load_splat<f32>(w), v128.load(x));
  s = madd(v128.load_splat<f32>(w, 4), v128.load(x, 4), s);
  s = madd(v128.load_splat<f32>(w, 8), v128.load(x, 8), s);
  let t = f32x4.mul(v128.load_splat<f32>(w, 12), v128.load(y));
  t = madd(v128.load_splat<f32>(w, 16), v128.load(y, 4), t);
  t = madd(v128.load_splat<f32>(w, 20), v128.load(y, 8), t);
  s = madd(v128.load_splat<f32>(w, 24), v128.load(z), s);
  t = madd(v128.load_splat<f32>(w, 28), v128.load(z, 4), t);
  return f32x4.add(madd(v128.load_splat<f32>(w, 32), v128.load(z, 8), s), t);
}

/** Row `oy` of the output by adding up scaled rows of the image. */
function rowByTaps(args: Windows, out: usize, x: usize, w: usize, oy: i32): void {
  const width = args.width, strideX = args.strideX, outWidth = args.outWidth;
  const kernelWidth = args.kernelWidth, dilationY = args.dilationY;
  const top = oy * args.strideY - args.padY;
  const lastY = lastTap(top, dilationY, args.kernelHeight, args.height);
  memory.fill(out, 0, <usize>outWidth << 2);
  for (let ky = firstTap(top, dilationY); ky < lastY; ky++) for (let kx = 0; kx < kernelWidth; kx++) {
    const left = kx * args.dilationX - args.padX;
    const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
    const from = place(x, (top + ky * dilationY) * width + left + first * strideX);
    addScaledSpaced(place(out, first), from, <usize>strideX << 2, load<f32>(place(w, ky * kernelWidth + kx)), last - first);
  }
}

/** One output of a window whose first column is `left`; its rows all lie inside. */
function onePlace(args: Windows, x: usize, w: usize, left: i32): f32 {
  const width = args.width, last = lastTap(left, 1, 3, width);
  let sum: f32 = 0;
  for (let ky = 0; ky < 3; ky++) for (let kx = firstTap(left, 1); kx < last; kx++) {
    sum = madd1(load<f32>(place(w, ky * 3 + kx)), load<f32>(place(x, ky * width + left + kx)), sum);
  }
  return sum;
}

/** A row of outputs of a 3×3 kernel, stride and dilation 1, whose three rows, from `x` on, lie inside. */
function rowOfThree(args: Windows, out: usize, x: usize, w: usize): void {
  const width = args.width, outWidth = args.outWidth, padX = args.padX;
  const first = min(outWidth, padX), end = max(first, min(outWidth, width - 2 + padX));
  for (let ox = 0; ox < first; ox++) store<f32>(place(out, ox), onePlace(args, x, w, ox - padX));
  for (let ox = first; ox < end; ox += 4) {
    const at = max(first, min(ox, end - 4)); // the last four overlap those before
    if (at + 4 <= end) v128.store(place(out, at), nineTaps(place(x, at - padX), <usize>width << 2, w));
    else for (let i = at; i < end; i++) store<f32>(place(out, i), onePlace(args, x, w, i - padX));
  }
  for (let ox = end; ox < outWidth; ox++) store<f32>(place(out, ox), onePlace(args, x, w, ox - padX));
}

@unmanaged class DepthwiseConv extends Planes {
  out: usize;
  x: usize;
  weight: usize;
}

/** Items are planes. */
export function depthwiseConv(args: DepthwiseConv, begin: i32, end: i32): void {
  const channels = args.channels, width = args.width, height = args.height;
  const outWidth = args.outWidth, outHeight = args.outHeight;
  const taps = args.kernelHeight * args.kernelWidth;
  const isThree = taps == 9 && args.kernelWidth == 3 && args.dilationX == 1 &&
    args.dilationY == 1 && args.strideX == 1;
  for (let plane = begin; plane < end; plane++) {
    const x = place(args.x, plane * width * height);
    const w = place(args.weight, plane % channels * taps);
    let out = place(args.out, plane * outWidth * outHeight);
    for (let oy = 0; oy < outHeight; oy++, out += <usize>outWidth << 2) {
      const top = oy * args.strideY - args.padY;
      if (isThree && top >= 0 && top + 3 <= height) rowOfThree(args, out, place(x, top * width), w);
      else rowByTaps(args, out, x, w, oy);
    }
  }
}

@unmanaged class DepthwiseConvGradInput extends Planes {
  dx: usize;
  dy: usize;
  weight: usize;
}

/** Items are planes. */
export function depthwiseConvGradInput(args: DepthwiseConvGradInput, begin: i32, end: i32): void {
  const channels = args.channels, width = args.width, height = args.height;
  const outWidth = args.outWidth, outHeight = args.outHeight;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const strideX = args.strideX;
  for (let plane = begin; plane < end; plane++) {
    const dx = place(args.dx, plane * width * height);
    const dy = place(args.dy, plane * outWidth * outHeight);
    let w = place(args.weight, plane % channels * kernelHeight * kernelWidth);
    memory.fill(dx, 0, <usize>(width * height) << 2);
    for (let ky = 0; ky < kernelHeight; ky++) for (let kx = 0; kx < kernelWidth; kx++, w += 4) {
      const left = kx * args.dilationX - args.padX;
      const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
      let y = ky * args.dilationY - args.padY;
      for (let oy = 0; oy < outHeight; oy++, y += args.strideY) {
        if (y < 0 || y >= height) continue;
        const to = place(dx, y * width + left + first * strideX);
        scatterScaled(to, place(dy, oy * outWidth + first), <usize>strideX << 2, load<f32>(w), last - first);
      }
    }
  }
}

/** Σ of dy times x over the places where one tap lies inside, for one plane; lanes still apart. */
function tapProducts(args: Windows, dy: usize, x: usize, ky: i32, kx: i32): v128 {
  const width = args.width, height = args.height;
  const outWidth = args.outWidth, outHeight = args.outHeight;
  const strideX = args.strideX, step = <usize>strideX << 2;
  const left = kx * args.dilationX - args.padX;
  const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
  let y = ky * args.dilationY - args.padY;
  let sum = f32x4.splat(0);
  for (let oy = 0; oy < outHeight; oy++, y += args.strideY) {
    if (y < 0 || y >= height) continue;
    let p = place(dy, oy * outWidth + first), q = place(x, y * width + left + first * strideX);
    let n = last - first;
    for (; n >= 4; n -= 4, p += 16, q += 4 * step) {
      sum = madd(v128.load(p), step == 4 ? v128.load(q) : gather4(q, step), sum);
    }
    if (n > 0) sum = madd(loadPart(p, n), gatherPart(q, step, n), sum);
  }
  return sum;
}

@unmanaged class DepthwiseConvGradWeight extends Planes {
  dweight: usize;
  dy: usize;
  x: usize;
}

/** Items are channels. */
export function depthwiseConvGradWeight(args: DepthwiseConvGradWeight, begin: i32, end: i32): void {
  const channels = args.channels, batch = args.batch;
  const planeSize = args.width * args.height;
  const outSize = args.outWidth * args.outHeight;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  let dw = place(args.dweight, begin * kernelHeight * kernelWidth);
  for (let channel = begin; channel < end; channel++) {
    for (let ky = 0; ky < kernelHeight; ky++) for (let kx = 0; kx < kernelWidth; kx++, dw += 4) {
      let sum: f32 = 0;
      for (let image = 0; image < batch; image++) {
        const plane = image * channels + channel;
        const dy = place(args.dy, plane * outSize), x = place(args.x, plane * planeSize);
        sum += sumLanes(tapProducts(args, dy, x, ky, kx));
      }
      store<f32>(dw, sum);
    }
  }
}
