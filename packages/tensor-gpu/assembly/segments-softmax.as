/** @file Softmax over the entries of each segment, each head (column) separately. Items are segments. */
import { place } from "./arguments";
import { load4, store4 } from "./lanes";
import { expNegative4, madd } from "./math";
import { softmaxGradRow, softmaxRow } from "./softmax-rows";

/** Four heads, of which `count` exist; entries lie `step` bytes apart. */
function softmaxHeads(out: usize, x: usize, entries: i32, step: usize, count: i32): void {
  const stop = x + <usize>entries * step;
  let top = f32x4.splat(-Infinity), sum = f32x4.splat(0);
  for (let p = x; p != stop; p += step) top = f32x4.pmax(top, load4(p, count));
  for (let p = x, y = out; p != stop; p += step, y += step) {
    const e = expNegative4(f32x4.sub(load4(p, count), top));
    store4(y, e, count);
    sum = f32x4.add(sum, e);
  }
  for (let y = out, left = entries; left > 0; left--, y += step) store4(y, f32x4.div(load4(y, count), sum), count);
}

@unmanaged class SegmentSoftmax {
  out: usize;
  x: usize;
  offsets: usize;
  heads: i32;
}

export function segmentSoftmax(args: SegmentSoftmax, begin: i32, end: i32): void {
  const heads = args.heads, step = <usize>heads << 2;
  for (let s = begin; s < end; s++) {
    const offsets = place(args.offsets, s), first = load<i32>(offsets), entries = load<i32>(offsets, 4) - first;
    let out = place(args.out, first * heads), x = place(args.x, first * heads);
    if (heads == 1) softmaxRow(out, x, entries);
    else for (let left = heads; left > 0; left -= 4, out += 16, x += 16) softmaxHeads(out, x, entries, step, left);
  }
}

/** dx = y·(dy − Σ dy·y) for up to four heads. */
function gradHeads(dx: usize, dy: usize, y: usize, entries: i32, step: usize, count: i32): void {
  let dot = f32x4.splat(0);
  for (let left = entries, p = dy, q = y; left > 0; left--, p += step, q += step) {
    dot = madd(load4(p, count), load4(q, count), dot);
  }
  for (; entries > 0; entries--, dx += step, dy += step, y += step) {
    store4(dx, f32x4.mul(load4(y, count), f32x4.sub(load4(dy, count), dot)), count);
  }
}

@unmanaged class SegmentSoftmaxGrad {
  dx: usize;
  dy: usize;
  y: usize;
  offsets: usize;
  heads: i32;
}

export function segmentSoftmaxGrad(args: SegmentSoftmaxGrad, begin: i32, end: i32): void {
  const heads = args.heads, step = <usize>heads << 2;
  for (let s = begin; s < end; s++) {
    const offsets = place(args.offsets, s), first = load<i32>(offsets), entries = load<i32>(offsets, 4) - first;
    const at = first * heads;
    let dx = place(args.dx, at), dy = place(args.dy, at), y = place(args.y, at);
    if (heads == 1) softmaxGradRow(dx, dy, y, entries);
    else {
      for (let left = heads; left > 0; left -= 4, dx += 16, dy += 16, y += 16) {
        gradHeads(dx, dy, y, entries, step, left);
      }
    }
  }
}
