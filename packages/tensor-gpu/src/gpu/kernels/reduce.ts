import type { View } from "../../backend/view";
import {
  argReduce as argReduceOnHost,
  cumsum as cumsumOnHost,
  reduce as reduceOnHost,
} from "../../js/kernels/reduce";
import type { Heap } from "../cell-heap";
import { hostSide } from "../host-kernels";
import { compute, launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { elementsOf, foldCell, foldInto } from "./fold";

export const reduce: OnHeap["reduce"] = (heap, op, out, x, outer, n, inner) => {
  if (out.size === 0) return;
  if (out.dtype !== "float32")
    return void reduceOnHost(hostSide(heap, [out]), op, out, x, outer, n, inner);
  const term = elementsOf(heap, x, op === "sumSquares");
  const shape = { outer, n, inner };
  if (op === "mean")
    return void foldInto(heap, out, "sum", term, shape, {
      key: "mean",
      numbers: { count: n },
      body: "value = value / count;",
    });
  foldInto(heap, out, op === "sumSquares" ? "sum" : op, term, shape);
};

/** Whether a contiguous view contains a NaN; undefined where it cannot be read synchronously. */
export function holdsNaN(heap: Heap, x: View): boolean | undefined {
  if (!heap.device.canReadSync) return undefined;
  if (x.size === 0) return false;
  const largest = foldCell(heap, "max", elementsOf(heap, x), { outer: 1, n: x.size, inner: 1 });
  const [value] = heap.device.readSync(largest, 0, 1);
  heap.device.release(largest);
  return Number.isNaN(value);
}

export const argReduce: OnHeap["argReduce"] = (heap, op, out, x, outer, n, inner) => {
  if (x.dtype !== "float32")
    return argReduceOnHost(hostSide(heap, [out]), op, out, x, outer, n, inner);
  launch(heap, out, {
    key: `arg ${op}`,
    arrays: { x: heap.cell(x) },
    numbers: { xOffset: x.offset, n, inner },
    body: `const o = quotient(i, inner);
    const start = xOffset + o * n * inner + (i - o * inner);
    let best = at(x, start);
    for (let k = 1; k < n; k++) {
      const one = at(x, start + k * inner);
      let better = 0;
      if (one ${op === "max" ? ">" : "<"} best) { better = 1; }
      if (isNan(one) > 0) { better = 1; }
      if (isNan(best) > 0) { better = 0; }
      if (better > 0) { best = one; value = k; }
    }`,
  });
  return holdsNaN(heap, x);
};

/** Prefix sums by doubling: after the pass of distance d each element holds the sum of the 2d up to it. */
export const cumsum: OnHeap["cumsum"] = (heap, out, x, outer, n, inner, reverse) => {
  if (out.size === 0) return;
  if (out.dtype !== "float32")
    return void cumsumOnHost(hostSide(heap, [out]), out, x, outer, n, inner, reverse);
  let from = heap.device.retain(heap.cell(x));
  let offset = x.offset;
  const formula = (distance: number) => ({
    key: reverse ? "cumsum from the end" : "cumsum",
    arrays: { from },
    numbers: { fromOffset: offset, n, inner, distance },
    body: `const upper = quotient(i, inner);
    const k = upper - quotient(upper, n) * n;
    value = at(from, fromOffset + i);
    ${
      reverse
        ? "if (k + distance < n) { value = value + at(from, fromOffset + i + distance * inner); }"
        : "if (k >= distance) { value = at(from, fromOffset + i - distance * inner) + value; }"
    }`,
  });
  let distance = 1;
  for (; distance * 2 < n; distance *= 2) {
    const next = compute(heap, out.size, formula(distance));
    heap.device.release(from);
    from = next;
    offset = 0;
  }
  launch(heap, out, formula(distance));
  heap.device.release(from);
};
