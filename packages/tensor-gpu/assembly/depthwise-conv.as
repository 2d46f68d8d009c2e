/**
 * @file Convolution of each channel with a kernel of its own. Slots: 0 to 3 as each kernel says, 4 channels, 5 batch,
 * shape from 16.
 */
import { gather4, gatherPart, loadPart, storePart } from "./lanes";
import { madd, madd1, sumLanes } from "./math";
import { addressAt, intAt, place } from "./slots";
import { firstTap, lastTap, Shape } from "./windows";

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
function rowByTaps(args: usize, out: usize, x: usize, w: usize, oy: i32): void {
  const width = intAt(args, Shape.width), strideX = intAt(args, Shape.strideX), outWidth = intAt(args, Shape.outWidth);
  const kernelWidth = intAt(args, Shape.kernelWidth), dilationY = intAt(args, Shape.dilationY);
  const top = oy * intAt(args, Shape.strideY) - intAt(args, Shape.padY);
  const lastY = lastTap(top, dilationY, intAt(args, Shape.kernelHeight), intAt(args, Shape.height));
  memory.fill(out, 0, <usize>outWidth << 2);
  for (let ky = firstTap(top, dilationY); ky < lastY; ky++) for (let kx = 0; kx < kernelWidth; kx++) {
    const left = kx * intAt(args, Shape.dilationX) - intAt(args, Shape.padX);
    const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
    const from = place(x, (top + ky * dilationY) * width + left + first * strideX);
    addScaledSpaced(place(out, first), from, <usize>strideX << 2, load<f32>(place(w, ky * kernelWidth + kx)), last - first);
  }
}

/** One output of a window whose first column is `left`; its rows all lie inside. */
function onePlace(args: usize, x: usize, w: usize, left: i32): f32 {
  const width = intAt(args, Shape.width), last = lastTap(left, 1, 3, width);
  let sum: f32 = 0;
  for (let ky = 0; ky < 3; ky++) for (let kx = firstTap(left, 1); kx < last; kx++) {
    sum = madd1(load<f32>(place(w, ky * 3 + kx)), load<f32>(place(x, ky * width + left + kx)), sum);
  }
  return sum;
}

/** A row of outputs of a 3×3 kernel, stride and dilation 1, whose three rows, from `x` on, lie inside. */
function rowOfThree(args: usize, out: usize, x: usize, w: usize): void {
  const width = intAt(args, Shape.width), outWidth = intAt(args, Shape.outWidth), padX = intAt(args, Shape.padX);
  const first = min(outWidth, padX), end = max(first, min(outWidth, width - 2 + padX));
  for (let ox = 0; ox < first; ox++) store<f32>(place(out, ox), onePlace(args, x, w, ox - padX));
  for (let ox = first; ox < end; ox += 4) {
    const at = max(first, min(ox, end - 4)); // the last four overlap those before
    if (at + 4 <= end) v128.store(place(out, at), nineTaps(place(x, at - padX), <usize>width << 2, w));
    else for (let i = at; i < end; i++) store<f32>(place(out, i), onePlace(args, x, w, i - padX));
  }
  for (let ox = end; ox < outWidth; ox++) store<f32>(place(out, ox), onePlace(args, x, w, ox - padX));
}

/** Slots: 0 out, 1 x, 2 weight. Items are planes. */
export function depthwiseConv(args: usize, begin: i32, end: i32): void {
  const channels = intAt(args, 4), width = intAt(args, Shape.width), height = intAt(args, Shape.height);
  const outWidth = intAt(args, Shape.outWidth), outHeight = intAt(args, Shape.outHeight);
  const taps = intAt(args, Shape.kernelHeight) * intAt(args, Shape.kernelWidth);
  const isThree = taps == 9 && intAt(args, Shape.kernelWidth) == 3 && intAt(args, Shape.dilationX) == 1 &&
    intAt(args, Shape.dilationY) == 1 && intAt(args, Shape.strideX) == 1;
  for (let plane = begin; plane < end; plane++) {
    const x = place(addressAt(args, 1), plane * width * height);
    const w = place(addressAt(args, 2), plane % channels * taps);
    let out = place(addressAt(args, 0), plane * outWidth * outHeight);
    for (let oy = 0; oy < outHeight; oy++, out += <usize>outWidth << 2) {
      const top = oy * intAt(args, Shape.strideY) - intAt(args, Shape.padY);
      if (isThree && top >= 0 && top + 3 <= height) rowOfThree(args, out, place(x, top * width), w);
      else rowByTaps(args, out, x, w, oy);
    }
  }
}

/** Slots: 0 dx, 1 dy, 2 weight. Items are planes. */
export function depthwiseConvGradInput(args: usize, begin: i32, end: i32): void {
  const channels = intAt(args, 4), width = intAt(args, Shape.width), height = intAt(args, Shape.height);
  const outWidth = intAt(args, Shape.outWidth), outHeight = intAt(args, Shape.outHeight);
  const kernelHeight = intAt(args, Shape.kernelHeight), kernelWidth = intAt(args, Shape.kernelWidth);
  const strideX = intAt(args, Shape.strideX);
  for (let plane = begin; plane < end; plane++) {
    const dx = place(addressAt(args, 0), plane * width * height);
    const dy = place(addressAt(args, 1), plane * outWidth * outHeight);
    let w = place(addressAt(args, 2), plane % channels * kernelHeight * kernelWidth);
    memory.fill(dx, 0, <usize>(width * height) << 2);
    for (let ky = 0; ky < kernelHeight; ky++) for (let kx = 0; kx < kernelWidth; kx++, w += 4) {
      const left = kx * intAt(args, Shape.dilationX) - intAt(args, Shape.padX);
      const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
      let y = ky * intAt(args, Shape.dilationY) - intAt(args, Shape.padY);
      for (let oy = 0; oy < outHeight; oy++, y += intAt(args, Shape.strideY)) {
        if (y < 0 || y >= height) continue;
        const to = place(dx, y * width + left + first * strideX);
        scatterScaled(to, place(dy, oy * outWidth + first), <usize>strideX << 2, load<f32>(w), last - first);
      }
    }
  }
}

/** Σ of dy times x over the places where one tap lies inside, for one plane; lanes still apart. */
function tapProducts(args: usize, dy: usize, x: usize, ky: i32, kx: i32): v128 {
  const width = intAt(args, Shape.width), height = intAt(args, Shape.height);
  const outWidth = intAt(args, Shape.outWidth), outHeight = intAt(args, Shape.outHeight);
  const strideX = intAt(args, Shape.strideX), step = <usize>strideX << 2;
  const left = kx * intAt(args, Shape.dilationX) - intAt(args, Shape.padX);
  const last = lastTap(left, strideX, outWidth, width), first = min(last, firstTap(left, strideX));
  let y = ky * intAt(args, Shape.dilationY) - intAt(args, Shape.padY);
  let sum = f32x4.splat(0);
  for (let oy = 0; oy < outHeight; oy++, y += intAt(args, Shape.strideY)) {
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

/** Slots: 0 dweight, 1 dy, 2 x. Items are channels. */
export function depthwiseConvGradWeight(args: usize, begin: i32, end: i32): void {
  const channels = intAt(args, 4), batch = intAt(args, 5);
  const planeSize = intAt(args, Shape.width) * intAt(args, Shape.height);
  const outSize = intAt(args, Shape.outWidth) * intAt(args, Shape.outHeight);
  const kernelHeight = intAt(args, Shape.kernelHeight), kernelWidth = intAt(args, Shape.kernelWidth);
  let dw = place(addressAt(args, 0), begin * kernelHeight * kernelWidth);
  for (let channel = begin; channel < end; channel++) {
    for (let ky = 0; ky < kernelHeight; ky++) for (let kx = 0; kx < kernelWidth; kx++, dw += 4) {
      let sum: f32 = 0;
      for (let image = 0; image < batch; image++) {
        const plane = image * channels + channel;
        const dy = place(addressAt(args, 1), plane * outSize), x = place(addressAt(args, 2), plane * planeSize);
        sum += sumLanes(tapProducts(args, dy, x, ky, kx));
      }
      store<f32>(dw, sum);
    }
  }
}
