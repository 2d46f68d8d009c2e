import type { OnHeap } from "../on-heap";
import { lastAxis } from "../strides";
import { shiftedLogSum } from "./softmax";

export const crossEntropy: OnHeap["crossEntropy"] = (
  heap,
  losses,
  lse,
  logits,
  targets,
  ignoreIndex,
  smoothing,
) => {
  const [loss, logSums, x] = [heap.floats(losses), heap.floats(lse), heap.floats(logits)];
  const n = lastAxis(logits);
  for (const [row, target] of heap.ints(targets).entries()) {
    const { max, logSum } = shiftedLogSum(x, row * n, n);
    logSums[row] = max + logSum;
    if (target === ignoreIndex) loss[row] = 0;
    else {
      const own = x[row * n + target]!;
      // Without smoothing the mean is left out: a logit of −∞ must not turn the loss into NaN.
      const expected =
        smoothing === 0 ? own : (1 - smoothing) * own + smoothing * mean(x, row * n, n);
      loss[row] = max - expected + logSum;
    }
  }
};

function mean(x: Float32Array, at: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[at + i]!;
  return sum / n;
}

export const crossEntropyGrad: OnHeap["crossEntropyGrad"] = (
  heap,
  dlogits,
  logits,
  lse,
  targets,
  scale,
  ignoreIndex,
  smoothing,
) => {
  const [dx, x] = [heap.floats(dlogits), heap.floats(logits)];
  const [logSums, scales] = [heap.floats(lse), heap.floats(scale)];
  const n = lastAxis(logits);
  for (const [row, target] of heap.ints(targets).entries())
    for (let j = 0; j < n; j++) {
      const place = row * n + j;
      const wanted = (j === target ? 1 - smoothing : 0) + smoothing / n;
      const excess = Math.exp(x[place]! - logSums[row]!) - wanted;
      dx[place] = target === ignoreIndex ? 0 : scales[row]! * excess;
    }
};
