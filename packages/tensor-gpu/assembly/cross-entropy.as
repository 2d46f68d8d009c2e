/** @file Softmax and cross-entropy in one. Items are rows. */
import { loadPart, storePart } from "./lanes";
import { exp, expNegative4 } from "./math";
import { rowSum } from "./row-sums";
import { addressAt, floatAt, intAt, place } from "./slots";
import { logExpSumRow, rowTop } from "./softmax";

/**
 * loss = lse − (1 − s)·x[target] − s·mean(x), 0 in ignored rows.
 * Slots: losses, lse, logits, targets, n, ignored target, smoothing s.
 */
export function crossEntropy(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 4), ignored = intAt(args, 5), smoothing = floatAt(args, 6);
  for (let row = begin; row < end; row++) {
    const x = place(addressAt(args, 2), row * n), target = load<i32>(place(addressAt(args, 3), row));
    const top = rowTop(x, n), rest = logExpSumRow(x, n, top);
    let loss: f32 = 0;
    if (target != ignored) {
      loss = top - load<f32>(place(x, target)) + rest; // in this order since the first two may be large
      // Without smoothing a logit of −∞ stays out of the loss.
      if (smoothing != 0) loss += smoothing * (load<f32>(place(x, target)) - rowSum(x, n) / <f32>n);
    }
    store<f32>(place(addressAt(args, 1), row), top + rest);
    store<f32>(place(addressAt(args, 0), row), loss);
  }
}

/** scale·(e^(x − lse) − share) for a row, x being at most lse; dx may be x. */
@inline function gradientRow(dx: usize, x: usize, n: i32, lse: f32, scale: f32, share: f32): void {
  const level = f32x4.splat(lse), factor = f32x4.splat(scale), less = f32x4.splat(share);
  for (; n >= 4; n -= 4, dx += 16, x += 16) {
    v128.store(dx, f32x4.mul(factor, f32x4.sub(expNegative4(f32x4.sub(v128.load(x), level)), less)));
  }
  if (n > 0) storePart(dx, f32x4.mul(factor, f32x4.sub(expNegative4(f32x4.sub(loadPart(x, n), level)), less)), n);
}

/**
 * dlogits = scale·(softmax − (1 − s)·onehot − s/n), 0 in ignored rows; may write over the logits.
 * Slots: dlogits, logits, lse, targets, scale, n, ignored target, smoothing s.
 */
export function crossEntropyGrad(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 5), ignored = intAt(args, 6), smoothing = floatAt(args, 7);
  const share = smoothing / <f32>n;
  for (let row = begin; row < end; row++) {
    const dx = place(addressAt(args, 0), row * n), x = place(addressAt(args, 1), row * n);
    const target = load<i32>(place(addressAt(args, 3), row));
    if (target == ignored) {
      memory.fill(dx, 0, <usize>n << 2);
      continue;
    }
    const lse = load<f32>(place(addressAt(args, 2), row)), scale = load<f32>(place(addressAt(args, 4), row));
    const own = load<f32>(place(x, target));
    gradientRow(dx, x, n, lse, scale, share);
    store<f32>(place(dx, target), scale * (exp(own - lse) - share - (1 - smoothing)));
  }
}
