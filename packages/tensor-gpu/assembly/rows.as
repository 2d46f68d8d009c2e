/** @file Row kernels of the softmax family. Items are rows; slots are the arguments in the order of their names, then n. */
import { load4, loadPart, store4, storePart } from "./lanes";
import { expNegative4, nmadd } from "./math";
import { rowSum } from "./row-sums";
import { addressAt, intAt, place } from "./slots";
import { logExpSumRow, rowTop, softmaxGradRow, softmaxRow } from "./softmax";

/** Slots: out, x, n. */
export function softmax(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 2);
  for (let row = begin; row < end; row++) {
    softmaxRow(place(addressAt(args, 0), row * n), place(addressAt(args, 1), row * n), n);
  }
}

/** Slots: dx, dy, y, n. */
export function softmaxGrad(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 3);
  for (let row = begin; row < end; row++) {
    const at = row * n;
    softmaxGradRow(place(addressAt(args, 0), at), place(addressAt(args, 1), at), place(addressAt(args, 2), at), n);
  }
}

/** Slots: out, x, n. */
export function logSumExp(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 2);
  for (let row = begin; row < end; row++) {
    const x = place(addressAt(args, 1), row * n), top = rowTop(x, n);
    store<f32>(place(addressAt(args, 0), row), top + logExpSumRow(x, n, top));
  }
}

/** (x − top) − ln Σ e^(x − top), in this order since x and top may be large. Slots: out, x, n. */
export function logSoftmax(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 2);
  for (let row = begin; row < end; row++) {
    let x = place(addressAt(args, 1), row * n), out = place(addressAt(args, 0), row * n), left = n;
    const max = rowTop(x, n), top = f32x4.splat(max), rest = f32x4.splat(logExpSumRow(x, n, max));
    for (; left >= 4; left -= 4, x += 16, out += 16) {
      v128.store(out, f32x4.sub(f32x4.sub(v128.load(x), top), rest));
    }
    if (left > 0) storePart(out, f32x4.sub(f32x4.sub(loadPart(x, left), top), rest), left);
  }
}

/** dx = dy − eʸ·Σ dy. Slots: dx, dy, y, n. */
export function logSoftmaxGrad(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 3);
  for (let row = begin; row < end; row++) {
    const at = row * n;
    let dx = place(addressAt(args, 0), at), dy = place(addressAt(args, 1), at), y = place(addressAt(args, 2), at);
    const sum = f32x4.splat(rowSum(dy, n));
    for (let left = n; left > 0; left -= 4, dx += 16, dy += 16, y += 16) {
      store4(dx, nmadd(expNegative4(load4(y, left)), sum, load4(dy, left)), left);
    }
  }
}
