/** @file Softmax and cross-entropy in one. Items are rows. */
import { place } from "./arguments";
import { loadPart, storePart } from "./lanes";
import { exp, expNegative4 } from "./math";
import { rowSum } from "./row-sums";
import { logExpSumRow, rowTop } from "./softmax-rows";

@unmanaged class CrossEntropy {
  losses: usize;
  lse: usize;
  logits: usize;
  targets: usize;
  n: i32;
  ignored: i32;
  smoothing: f32;
}

/**
 * loss = lse − (1 − s)·x[target] − s·mean(x), 0 in ignored rows.
 */
export function crossEntropy(args: CrossEntropy, begin: i32, end: i32): void {
  const n = args.n, ignored = args.ignored, smoothing = args.smoothing; // s
  for (let row = begin; row < end; row++) {
    const x = place(args.logits, row * n), target = load<i32>(place(args.targets, row));
    const top = rowTop(x, n), rest = logExpSumRow(x, n, top);
    let loss: f32 = 0;
    if (target != ignored) {
      loss = top - load<f32>(place(x, target)) + rest; // in this order since the first two may be large
      // Without smoothing a logit of −∞ stays out of the loss.
      if (smoothing != 0) loss += smoothing * (load<f32>(place(x, target)) - rowSum(x, n) / <f32>n);
    }
    store<f32>(place(args.lse, row), top + rest);
    store<f32>(place(args.losses, row), loss);
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

@unmanaged class CrossEntropyGrad {
  dlogits: usize;
  logits: usize;
  lse: usize;
  targets: usize;
  scale: usize;
  n: i32;
  ignored: i32;
  smoothing: f32;
}

/**
 * dlogits = scale·(softmax − (1 − s)·onehot − s/n), 0 in ignored rows; may write over the logits.
 */
export function crossEntropyGrad(args: CrossEntropyGrad, begin: i32, end: i32): void {
  const n = args.n, ignored = args.ignored, smoothing = args.smoothing;
  const share = smoothing / <f32>n;
  for (let row = begin; row < end; row++) {
    const dx = place(args.dlogits, row * n), x = place(args.logits, row * n);
    const target = load<i32>(place(args.targets, row));
    if (target == ignored) {
      memory.fill(dx, 0, <usize>n << 2);
      continue;
    }
    const lse = load<f32>(place(args.lse, row)), scale = load<f32>(place(args.scale, row));
    const own = load<f32>(place(x, target));
    gradientRow(dx, x, n, lse, scale, share);
    store<f32>(place(dx, target), scale * (exp(own - lse) - share - (1 - smoothing)));
  }
}
