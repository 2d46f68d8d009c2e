import { lastAxis } from "../../js/strides";
import { launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { LARGEST, LOG_SUM, rowProducts, rowStatistics } from "./softmax";

export const crossEntropy: OnHeap["crossEntropy"] = (
  heap,
  losses,
  lse,
  logits,
  targets,
  ignoreIndex,
  smoothing,
) => {
  if (losses.size === 0) return;
  const n = lastAxis(logits);
  const { max, sum } = rowStatistics(heap, logits, losses.size, n);
  const numbers = { largest: LARGEST };
  // Without smoothing the mean is left out: a logit of −∞ must not turn the loss into NaN.
  const totals = smoothing === 0 ? null : rowProducts(heap, logits, null, losses.size, n);
  const array = heap.cell(logits);
  launch(heap, lse, {
    key: "logSumExp",
    arrays: { max, sum },
    numbers,
    body: `const row = i;\n    ${LOG_SUM}\n    value = lse;`,
  });
  launch(heap, losses, {
    key: totals ? "crossEntropy smoothed" : "crossEntropy",
    arrays: {
      max,
      sum,
      logits: array,
      targets: heap.cell(targets),
      ...(totals ? { totals } : {}),
    },
    numbers: {
      ...numbers,
      n,
      ignoreIndex,
      first: targets.offset,
      xOffset: logits.offset,
      ...(totals ? { smoothing } : {}),
    },
    // All relative to the maximum, which preserves the precision of large logits.
    body: `const target = at(targets, first + i);
    if (target != ignoreIndex) {
      const top = at(max, i);
      const own = at(logits, xOffset + i * n + target) - top;
      const expected = ${totals ? "(1 - smoothing) * own + smoothing * (at(totals, i) / n - top)" : "own"};
      value = logOf(at(sum, i)) - expected;
      if (Math.abs(top) > largest) { value = top - expected; }
    }`,
  });
  for (const cell of [max, sum, ...(totals ? [totals] : [])]) heap.device.release(cell);
};

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
  launch(heap, dlogits, {
    key: "crossEntropyGrad",
    arrays: {
      logits: heap.cell(logits),
      lse: heap.cell(lse),
      targets: heap.cell(targets),
      scales: heap.cell(scale),
    },
    numbers: {
      n: lastAxis(logits),
      ignoreIndex,
      smoothing,
      first: targets.offset,
      xOffset: logits.offset,
      lseOffset: lse.offset,
      scaleOffset: scale.offset,
    },
    body: `const row = quotient(i, n);
    const column = i - row * n;
    const target = at(targets, first + row);
    if (target != ignoreIndex) {
      let wanted = smoothing / n;
      if (column == target) { wanted = wanted + 1 - smoothing; }
      const own = expOf(at(logits, xOffset + i) - at(lse, lseOffset + row));
      value = at(scales, scaleOffset + row) * (own - wanted);
    }`,
  });
};
