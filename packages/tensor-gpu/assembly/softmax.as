/** @file Softmax and its relatives over rows of n. Items are rows. */
import { place } from "./arguments";
import { load4, loadPart, store4, storePart } from "./lanes";
import { expNegative4, nmadd } from "./math";
import { rowSum } from "./row-sums";
import { logExpSumRow, rowTop, softmaxGradRow, softmaxRow } from "./softmax-rows";

@unmanaged class Softmax {
  out: usize;
  x: usize;
  n: i32;
}

@unmanaged class SoftmaxGrad {
  dx: usize;
  dy: usize;
  y: usize;
  n: i32;
}

export function softmax(args: Softmax, begin: i32, end: i32): void {
  const n = args.n;
  for (let row = begin; row < end; row++) {
    softmaxRow(place(args.out, row * n), place(args.x, row * n), n);
  }
}

export function softmaxGrad(args: SoftmaxGrad, begin: i32, end: i32): void {
  const n = args.n;
  for (let row = begin; row < end; row++) {
    const at = row * n;
    softmaxGradRow(place(args.dx, at), place(args.dy, at), place(args.y, at), n);
  }
}

export function logSumExp(args: Softmax, begin: i32, end: i32): void {
  const n = args.n;
  for (let row = begin; row < end; row++) {
    const x = place(args.x, row * n), top = rowTop(x, n);
    store<f32>(place(args.out, row), top + logExpSumRow(x, n, top));
  }
}

/** (x − top) − ln Σ e^(x − top), in this order since x and top may be large. */
export function logSoftmax(args: Softmax, begin: i32, end: i32): void {
  const n = args.n;
  for (let row = begin; row < end; row++) {
    let x = place(args.x, row * n), out = place(args.out, row * n), left = n;
    const max = rowTop(x, n), top = f32x4.splat(max), rest = f32x4.splat(logExpSumRow(x, n, max));
    for (; left >= 4; left -= 4, x += 16, out += 16) {
      v128.store(out, f32x4.sub(f32x4.sub(v128.load(x), top), rest));
    }
    if (left > 0) storePart(out, f32x4.sub(f32x4.sub(loadPart(x, left), top), rest), left);
  }
}

/** dx = dy − eʸ·Σ dy. */
export function logSoftmaxGrad(args: SoftmaxGrad, begin: i32, end: i32): void {
  const n = args.n;
  for (let row = begin; row < end; row++) {
    const at = row * n;
    let dx = place(args.dx, at), dy = place(args.dy, at), y = place(args.y, at);
    const sum = f32x4.splat(rowSum(dy, n));
    for (let left = n; left > 0; left -= 4, dx += 16, dy += 16, y += 16) {
      store4(dx, nmadd(expNegative4(load4(y, left)), sum, load4(dy, left)), left);
    }
  }
}
