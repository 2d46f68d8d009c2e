import type { OnHeap } from "../on-heap";
import { rowSize } from "../strides";
import { isBetter } from "./reduce";
import { softmaxOf } from "./softmax";

export const segmentReduce: OnHeap["segmentReduce"] = (
  heap,
  op,
  out,
  x,
  offsets,
  indices,
  weights,
) => {
  const [y, from, starts] = [heap.floats(out), heap.floats(x), heap.ints(offsets)];
  const rows = indices && heap.ints(indices);
  const factors = weights && heap.floats(weights);
  const d = rowSize(x);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let j = 0; j < d; j++) {
      const [first, end] = [starts[s]!, starts[s + 1]!];
      let total = op === "max" && end > first ? Number.NEGATIVE_INFINITY : 0;
      for (let e = first; e < end; e++) {
        const value = (factors?.[e] ?? 1) * from[(rows?.[e] ?? e) * d + j]!;
        total = op === "max" ? Math.max(total, value) : total + value;
      }
      y[s * d + j] = op === "mean" && end > first ? total / (end - first) : total;
    }
};

export const segmentArgMax: OnHeap["segmentArgMax"] = (heap, out, x, offsets, indices) => {
  const [y, from, starts] = [heap.ints(out), heap.floats(x), heap.ints(offsets)];
  const rows = indices && heap.ints(indices);
  const d = rowSize(x);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let j = 0; j < d; j++) {
      let best = -1;
      for (let e = starts[s]!; e < starts[s + 1]!; e++) {
        const row = rows?.[e] ?? e;
        if (best < 0 || isBetter("max", from[row * d + j]!, from[best * d + j]!)) best = row;
      }
      y[s * d + j] = best;
    }
};

export const segmentDot: OnHeap["segmentDot"] = (heap, out, dy, x, offsets, indices) => {
  const [y, upstream, from] = [heap.floats(out), heap.floats(dy), heap.floats(x)];
  const [starts, rows] = [heap.ints(offsets), indices && heap.ints(indices)];
  const d = rowSize(x);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let e = starts[s]!; e < starts[s + 1]!; e++) {
      const row = rows?.[e] ?? e;
      let sum = 0;
      for (let j = 0; j < d; j++) sum += upstream[s * d + j]! * from[row * d + j]!;
      y[e] = sum;
    }
};

export const segmentSoftmax: OnHeap["segmentSoftmax"] = (heap, out, x, offsets) => {
  const [y, from, starts] = [heap.floats(out), heap.floats(x), heap.ints(offsets)];
  const heads = rowSize(x);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let h = 0; h < heads; h++) {
      const [first, end] = [starts[s]!, starts[s + 1]!];
      softmaxOf(y, from, first * heads + h, end - first, heads);
    }
};

/** dx = y · (dy − Σ dy·y), the sum over the segment. */
export const segmentSoftmaxGrad: OnHeap["segmentSoftmaxGrad"] = (heap, dx, dy, y, offsets) => {
  const [out, upstream, ys] = [heap.floats(dx), heap.floats(dy), heap.floats(y)];
  const starts = heap.ints(offsets);
  const heads = rowSize(y);
  for (let s = 0; s + 1 < starts.length; s++)
    for (let h = 0; h < heads; h++) {
      const [first, end] = [starts[s]!, starts[s + 1]!];
      let dot = 0;
      for (let e = first; e < end; e++) dot += upstream[e * heads + h]! * ys[e * heads + h]!;
      for (let e = first; e < end; e++)
        out[e * heads + h] = ys[e * heads + h]! * (upstream[e * heads + h]! - dot);
    }
};
