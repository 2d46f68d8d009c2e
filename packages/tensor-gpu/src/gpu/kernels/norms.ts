/** @file Layer and root-mean-square normalisation: statistics of each row, then a pass that applies them. */

import type { View } from "../../backend/view";
import { lastAxis, leadingSize } from "../../js/strides";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { type Formula, launch } from "../launch";
import type { OnHeap } from "../on-heap";
import { type FoldTerm, foldCell, foldInto } from "./fold";
import { rowProducts } from "./softmax";

type Arrays = Record<string, Cell>;
type Numbers = Record<string, number>;

/** Optional weight and bias of n elements, as code that reads them or gives their defaults. */
function operand(heap: Heap, name: string, view: View | null, otherwise: number) {
  const arrays: Arrays = view ? { [name]: heap.cell(view) } : {};
  const numbers: Numbers = view ? { [`${name}Offset`]: view.offset } : {};
  return {
    arrays,
    numbers,
    key: view ? ` ${name}` : "",
    read: (column: string) => (view ? `at(${name}, ${name}Offset + ${column})` : `${otherwise}`),
  };
}

const columnOfI = "const row = quotient(i, n);\n    const column = i - row * n;";

export const layerNorm: OnHeap["layerNorm"] = (heap, out, stats, x, weight, bias, eps) => {
  const [rows, n] = [leadingSize(x), lastAxis(x)];
  if (x.size === 0) return;
  const sums = rowProducts(heap, x, null, rows, n);
  const array = heap.cell(x);
  const numbers = { xOffset: x.offset };
  const squares = foldCell(
    heap,
    "sum",
    {
      key: "squared deviations",
      arrays: { x: array, sums },
      numbers: { ...numbers, count: n },
      term: "const gap = at(x, xOffset + o * foldN + k) - at(sums, o) / count;\n      term = gap * gap;",
    },
    { outer: rows, n, inner: 1 },
  );
  launch(heap, stats, {
    key: "layerNorm stats",
    arrays: { sums, squares },
    numbers: { n, eps },
    body: `const row = quotient(i, 2);
    value = at(sums, row) / n;
    if (i - row * 2 > 0) { value = 1 / Math.sqrt(at(squares, row) / n + eps); }`,
  });
  heap.device.release(sums);
  heap.device.release(squares);
  const w = operand(heap, "weight", weight, 1);
  const b = operand(heap, "bias", bias, 0);
  launch(heap, out, {
    key: `layerNorm${w.key}${b.key}`,
    arrays: { x: array, stats: heap.cell(stats), ...w.arrays, ...b.arrays },
    numbers: { ...numbers, n, statsOffset: stats.offset, ...w.numbers, ...b.numbers },
    body: `${columnOfI}
    const mean = at(stats, statsOffset + row * 2);
    const inverse = at(stats, statsOffset + row * 2 + 1);
    const normal = (at(x, xOffset + i) - mean) * inverse;
    value = normal * ${w.read("column")} + ${b.read("column")};`,
  });
};

/** The inputs of both norms' gradients: dy, x, weight and the row's statistics. */
function gradientParts(heap: Heap, dy: View, x: View, weight: View | null, stats: View) {
  const w = operand(heap, "weight", weight, 1);
  return {
    key: w.key,
    arrays: { dy: heap.cell(dy), x: heap.cell(x), stats: heap.cell(stats), ...w.arrays } as Arrays,
    numbers: {
      dyOffset: dy.offset,
      xOffset: x.offset,
      statsOffset: stats.offset,
      ...w.numbers,
    } as Numbers,
    weight: w.read,
  };
}

/** x̂ of element `place` in row `row`, for the kind of norm. */
const normalised = (kind: "layer" | "rms", row: string, place: string) =>
  kind === "layer"
    ? `(at(x, xOffset + ${place}) - at(stats, statsOffset + ${row} * 2)) * at(stats, statsOffset + ${row} * 2 + 1)`
    : `at(x, xOffset + ${place}) * at(stats, statsOffset + ${row})`;

/** dx = (g − mean(g) − x̂·mean(g·x̂))/deviation with g = dy·weight; for rms without mean(g). */
function normGrad(
  heap: Heap,
  kind: "layer" | "rms",
  dx: View,
  dy: View,
  x: View,
  weight: View | null,
  stats: View,
): void {
  const [rows, n] = [leadingSize(x), lastAxis(x)];
  if (x.size === 0) return;
  const parts = gradientParts(heap, dy, x, weight, stats);
  const shape = { outer: rows, n, inner: 1 };
  const g = `at(dy, dyOffset + o * foldN + k) * ${parts.weight("k")}`;
  const term = (name: string, code: string): FoldTerm => ({
    ...parts,
    key: `${kind} ${name}${parts.key}`,
    term: code,
  });
  const dots = foldCell(
    heap,
    "sum",
    term("gradient dots", `term = ${g} * ${normalised(kind, "o", "o * foldN + k")};`),
    shape,
  );
  const sums =
    kind === "layer" ? foldCell(heap, "sum", term("gradient sums", `term = ${g};`), shape) : null;
  const inverse =
    kind === "layer" ? "at(stats, statsOffset + row * 2 + 1)" : "at(stats, statsOffset + row)";
  launch(heap, dx, {
    key: `${kind} norm grad${parts.key}`,
    arrays: { ...parts.arrays, dots, ...(sums ? { sums } : {}) },
    numbers: { ...parts.numbers, n },
    body: `${columnOfI}
    const own = at(dy, dyOffset + i) * ${parts.weight("column")};
    const normal = ${normalised(kind, "row", "i")};
    value = (own - ${sums ? "at(sums, row) / n - " : ""}normal * at(dots, row) / n) * ${inverse};`,
  });
  heap.device.release(dots);
  if (sums) heap.device.release(sums);
}

/** dweight = Σ over rows of dy·x̂; dbias = Σ of dy. */
function paramGrad(
  heap: Heap,
  kind: "layer" | "rms" | "bias",
  out: View,
  dy: View,
  x: View,
  stats: View,
): void {
  const [rows, n] = [leadingSize(x), lastAxis(x)];
  const { arrays, numbers } = gradientParts(heap, dy, x, null, stats);
  const place = "k * foldInner + c";
  const slope = kind === "bias" ? "" : ` * ${normalised(kind, "k", place)}`;
  const term: FoldTerm = {
    key: `${kind} parameters`,
    arrays,
    numbers,
    term: `term = at(dy, dyOffset + ${place})${slope};`,
  };
  foldInto(heap, out, "sum", term, { outer: 1, n: rows, inner: n });
}

export const layerNormGrad: OnHeap["layerNormGrad"] = (heap, dx, dy, x, weight, stats) => {
  normGrad(heap, "layer", dx, dy, x, weight, stats);
};

export const layerNormParamGrad: OnHeap["layerNormParamGrad"] = (
  heap,
  dweight,
  dbias,
  dy,
  x,
  stats,
) => {
  if (dweight) paramGrad(heap, "layer", dweight, dy, x, stats);
  if (dbias) paramGrad(heap, "bias", dbias, dy, x, stats);
};

export const rmsNorm: OnHeap["rmsNorm"] = (heap, out, stats, x, weight, eps) => {
  const [rows, n] = [leadingSize(x), lastAxis(x)];
  if (x.size === 0) return;
  const squares = rowProducts(heap, x, x, rows, n);
  launch(heap, stats, {
    key: "rmsNorm stats",
    arrays: { squares },
    numbers: { n, eps },
    body: "value = 1 / Math.sqrt(at(squares, i) / n + eps);",
  });
  heap.device.release(squares);
  const w = operand(heap, "weight", weight, 1);
  const formula: Formula = {
    key: `rmsNorm${w.key}`,
    arrays: { x: heap.cell(x), stats: heap.cell(stats), ...w.arrays },
    numbers: { n, xOffset: x.offset, statsOffset: stats.offset, ...w.numbers },
    body: `${columnOfI}\n    value = ${normalised("rms", "row", "i")} * ${w.read("column")};`,
  };
  launch(heap, out, formula);
};

export const rmsNormGrad: OnHeap["rmsNormGrad"] = (heap, dx, dy, x, weight, stats) => {
  normGrad(heap, "rms", dx, dy, x, weight, stats);
};

export const rmsNormParamGrad: OnHeap["rmsNormParamGrad"] = (heap, dweight, dy, x, stats) => {
  paramGrad(heap, "rms", dweight, dy, x, stats);
};
