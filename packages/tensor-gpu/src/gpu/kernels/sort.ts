import { sort as sortOnHost } from "../../js/kernels/sort";
import { hostSide } from "../host-kernels";
import { compute, launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { holdsNaN } from "./reduce";

/** Rows up to this length are sorted on the device, by counting what comes before each element. */
const DEVICE_LIMIT = 1024;

/**
 * Sets `before` to 1 where `one` at k belongs before `own` at j. NaN comes after every number; equal values keep their
 * order.
 */
const order = (descending: boolean) => `let before = 0;
      if (one ${descending ? ">" : "<"} own) { before = 1; }
      if (one == own) { if (k < j) { before = 1; } }
      const oneIsNan = isNan(one);
      const ownIsNan = isNan(own);
      if (oneIsNan + ownIsNan > 0) { before = ${descending ? "oneIsNan" : "ownIsNan"}; }
      if (oneIsNan + ownIsNan > 1) { before = 0; if (k < j) { before = 1; } }`;

export const sort: OnHeap["sort"] = (heap, values, indices, x, rows, n, k, descending) => {
  if (values.size === 0) return holdsNaN(heap, x);
  const isLong = n > DEVICE_LIMIT && heap.device.canReadSync;
  if (x.dtype !== "float32" || isLong)
    return sortOnHost(
      hostSide(heap, [values, indices]),
      values,
      indices,
      x,
      rows,
      n,
      k,
      descending,
    );
  const array = heap.cell(x);
  const ranks = compute(heap, rows * n, {
    key: `ranks ${descending ? "descending" : "ascending"}`,
    arrays: { x: array },
    numbers: { xOffset: x.offset, n },
    body: `const row = quotient(i, n);
    const j = i - row * n;
    const start = xOffset + row * n;
    const own = at(x, start + j);
    for (let k = 0; k < n; k++) {
      const one = at(x, start + k);
      ${order(descending)}
      value = value + before;
    }`,
  });
  const found = (result: string) => `const row = quotient(i, count);
    const place = i - row * count;
    for (let k = 0; k < n; k++) { if (at(ranks, row * n + k) == place) { value = ${result}; } }`;
  launch(heap, indices, {
    key: "sorted indices",
    arrays: { ranks },
    numbers: { n, count: k },
    body: found("k"),
  });
  launch(heap, values, {
    key: "sorted values",
    arrays: { ranks, x: array },
    numbers: { n, count: k, xOffset: x.offset },
    body: found("at(x, xOffset + row * n + k)"),
  });
  heap.device.release(ranks);
  return holdsNaN(heap, x);
};
