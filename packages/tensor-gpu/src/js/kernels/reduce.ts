import type { ReduceOp } from "../../backend/kernels";
import type { OnHeap } from "../on-heap";

interface Reduction {
  start: number;
  step: (total: number, x: number) => number;
}

const sum: Reduction = { start: 0, step: (total, x) => total + x };

const reductions: Record<ReduceOp, Reduction> = {
  sum,
  mean: sum,
  max: { start: Number.NEGATIVE_INFINITY, step: Math.max },
  min: { start: Number.POSITIVE_INFINITY, step: Math.min },
  prod: { start: 1, step: (total, x) => total * x },
  sumSquares: { start: 0, step: (total, x) => total + x * x },
};

/** A product of int32 must wrap at each step: a double would lose the low bits. */
const integerProduct: Reduction = { start: 1, step: Math.imul };

export const reduce: OnHeap["reduce"] = (heap, op, out, x, outer, n, inner) => {
  const [y, from] = [heap.numbers(out), heap.numbers(x)];
  const { start, step } =
    op === "prod" && out.dtype !== "float32" ? integerProduct : reductions[op];
  for (let o = 0; o < outer; o++)
    for (let r = 0; r < inner; r++) {
      let total = start;
      for (let i = 0; i < n; i++) total = step(total, from[(o * n + i) * inner + r]!);
      y[o * inner + r] = op === "mean" ? total / n : total;
    }
};

/** Whether `x` replaces `best`: it is strictly better, or the first NaN. */
export const isBetter = (op: "max" | "min", x: number, best: number) =>
  (op === "max" ? x > best : x < best) || (Number.isNaN(x) && !Number.isNaN(best));

export const hasNaN = (x: Float32Array | Int32Array) => x.some(Number.isNaN);

export const argReduce: OnHeap["argReduce"] = (heap, op, out, x, outer, n, inner) => {
  const [y, from] = [heap.ints(out), heap.numbers(x)];
  for (let o = 0; o < outer; o++)
    for (let r = 0; r < inner; r++) {
      const at = (i: number) => from[(o * n + i) * inner + r]!;
      let best = 0;
      for (let i = 1; i < n; i++) if (isBetter(op, at(i), at(best))) best = i;
      y[o * inner + r] = best;
    }
  return hasNaN(from);
};

export const cumsum: OnHeap["cumsum"] = (heap, out, x, outer, n, inner, reverse) => {
  const [y, from] = [heap.numbers(out), heap.numbers(x)];
  for (let o = 0; o < outer; o++)
    for (let r = 0; r < inner; r++) {
      let total = 0;
      for (let i = 0; i < n; i++) {
        const place = (o * n + (reverse ? n - 1 - i : i)) * inner + r;
        total += from[place]!;
        y[place] = total;
      }
    }
};
