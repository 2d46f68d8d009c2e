import type { View } from "../../backend/view";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { type Formula, launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { elementsOf, foldCell } from "./fold";

/** Largest finite float32. A maximum above it, or NaN, is the log Σ exp of its row. */
export const LARGEST = 3.4028234663852886e38;

export interface RowStatistics {
  /** Maximum of each row. */
  readonly max: Cell;
  /** Σ exp(x − max) of each row. */
  readonly sum: Cell;
}

/** The caller must release both. */
export function rowStatistics(heap: Heap, x: View, rows: number, n: number): RowStatistics {
  const shape = { outer: rows, n, inner: 1 };
  const elements = elementsOf(heap, x);
  const max = foldCell(heap, "max", elements, shape);
  const sum = foldCell(
    heap,
    "sum",
    {
      key: "exponentials",
      arrays: { ...elements.arrays, max },
      numbers: elements.numbers,
      term: "term = expOf(at(x, xOffset + o * foldN + k) - at(max, o));",
    },
    shape,
  );
  return { max, sum };
}

/** log Σ exp of each row, as a formula of `row`. */
export const LOG_SUM = `const top = at(max, row);
    let lse = top;
    if (Math.abs(top) <= largest) { lse = top + logOf(at(sum, row)); }`;

function withStatistics(
  heap: Heap,
  x: View,
  rows: number,
  n: number,
  use: (arrays: Formula["arrays"], numbers: Formula["numbers"]) => void,
): void {
  if (rows * n === 0) return;
  const statistics = rowStatistics(heap, x, rows, n);
  use({ x: heap.cell(x), ...statistics }, { xOffset: x.offset, n, largest: LARGEST });
  heap.device.release(statistics.max);
  heap.device.release(statistics.sum);
}

export const softmax: OnHeap["softmax"] = (heap, out, x, rows, n) => {
  withStatistics(heap, x, rows, n, (arrays, numbers) =>
    launch(heap, out, {
      key: "softmax",
      arrays,
      numbers,
      body: `const row = quotient(i, n);
    const top = at(max, row);
    value = expOf(at(x, xOffset + i) - top);
    if (Math.abs(top) <= largest) { value = value / at(sum, row); }
    if (top > largest) { value = nanOf(top); }`,
    }),
  );
};

export const logSoftmax: OnHeap["logSoftmax"] = (heap, out, x, rows, n) => {
  withStatistics(heap, x, rows, n, (arrays, numbers) =>
    launch(heap, out, {
      key: "logSoftmax",
      arrays,
      numbers,
      body: `const row = quotient(i, n);
    const top = at(max, row);
    value = at(x, xOffset + i) - top;
    if (Math.abs(top) <= largest) { value = value - logOf(at(sum, row)); }`,
    }),
  );
};

export const logSumExp: OnHeap["logSumExp"] = (heap, out, x, rows, n) => {
  if (rows === 0) return;
  if (n === 0)
    return void launch(heap, out, {
      key: "fill",
      arrays: {},
      numbers: { filling: Number.NEGATIVE_INFINITY },
      body: "value = filling;",
    });
  withStatistics(heap, x, rows, n, ({ max, sum }, { largest }) =>
    launch(heap, out, {
      key: "logSumExp",
      arrays: { max: max!, sum: sum! },
      numbers: { largest: largest! },
      body: `const row = i;\n    ${LOG_SUM}\n    value = lse;`,
    }),
  );
};

/** Σ of the product of rows of two contiguous views, or of the rows of one. */
export function rowProducts(heap: Heap, a: View, b: View | null, rows: number, n: number): Cell {
  const second = b ? { b: heap.cell(b) } : {};
  const place = "o * foldN + k";
  return foldCell(
    heap,
    "sum",
    {
      key: b ? "products" : "rows",
      arrays: { a: heap.cell(a), ...second },
      numbers: { aOffset: a.offset, ...(b ? { bOffset: b.offset } : {}) },
      term: `term = at(a, aOffset + ${place})${b ? ` * at(b, bOffset + ${place})` : ""};`,
    },
    { outer: rows, n, inner: 1 },
  );
}

function gradient(
  heap: Heap,
  key: string,
  dx: View,
  dy: View,
  y: View,
  n: number,
  sums: Cell,
  body: string,
): void {
  launch(heap, dx, {
    key,
    arrays: { dy: heap.cell(dy), y: heap.cell(y), sums },
    numbers: { dyOffset: dy.offset, yOffset: y.offset, n },
    body: `const g = at(dy, dyOffset + i);
    const own = at(y, yOffset + i);
    const sum = at(sums, quotient(i, n));
    ${body}`,
  });
  heap.device.release(sums);
}

/** dx = y · (dy − Σ dy·y) */
export const softmaxGrad: OnHeap["softmaxGrad"] = (heap, dx, dy, y, rows, n) => {
  if (rows * n === 0) return;
  const sums = rowProducts(heap, dy, y, rows, n);
  gradient(heap, "softmaxGrad", dx, dy, y, n, sums, "value = own * (g - sum);");
};

/** dx = dy − exp(y) · Σ dy */
export const logSoftmaxGrad: OnHeap["logSoftmaxGrad"] = (heap, dx, dy, y, rows, n) => {
  if (rows * n === 0) return;
  const sums = rowProducts(heap, dy, null, rows, n);
  gradient(heap, "logSoftmaxGrad", dx, dy, y, n, sums, "value = g - expOf(own) * sum;");
};
