import type { View } from "../../backend/view";
import {
  firstOutOfRange as firstOnHost,
  gather as gatherOnHost,
  gatherRows as gatherRowsOnHost,
  scatterAddRows as scatterAddRowsOnHost,
  scatter as scatterOnHost,
} from "../../js/kernels/gather";
import { rowSize } from "../../js/strides";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { hostSide } from "../host-kernels";
import { launch } from "../launch";
import type { OnHeap } from "../on-heap";

/** −1 where the index is only on the device and cannot be read synchronously (mode webgpu). */
export const firstOutOfRange: OnHeap["firstOutOfRange"] = (heap, index, limit) => {
  if (!heap.block(index).host && !heap.device.canReadSync) return -1;
  return firstOnHost(hostSide(heap, []), index, limit);
};

export const gatherRows: OnHeap["gatherRows"] = (heap, out, table, index) => {
  if (out.dtype !== "float32")
    return void gatherRowsOnHost(hostSide(heap, [out]), out, table, index);
  launch(heap, out, {
    key: "gatherRows",
    arrays: { table: heap.cell(table), index: heap.cell(index) },
    numbers: { d: rowSize(table), tableOffset: table.offset, first: index.offset },
    body: `const place = quotient(i, d);
    const row = at(index, first + place);
    value = at(table, tableOffset + row * d + i - place * d);`,
  });
};

interface RowLists {
  /** Start of each row's list, and the end of the last. */
  readonly starts: Cell;
  readonly entries: Cell;
}

/**
 * For each of `rows` rows the positions whose index is that row, in order: the transpose of an index, as compressed rows.
 */
function rowLists(heap: Heap, index: View, rows: number): RowLists {
  const names = hostSide(heap, []).ints(index);
  const starts = new Float32Array(rows + 1);
  for (const row of names) starts[row + 1]!++;
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!;
  const next = starts.slice();
  const entries = new Float32Array(Math.max(1, names.length));
  for (const [position, row] of names.entries()) entries[next[row]!++] = position;
  return { starts: heap.device.pack(starts), entries: heap.device.pack(entries) };
}

/** Each row of `out` gathers the rows of `x` with its index. */
export const scatterAddRows: OnHeap["scatterAddRows"] = (heap, out, index, x) => {
  if (out.dtype !== "float32")
    return void scatterAddRowsOnHost(hostSide(heap, [out]), out, index, x);
  if (x.size === 0 || out.size === 0) return;
  const d = rowSize(out);
  const lists = rowLists(heap, index, out.size / d);
  launch(heap, out, {
    key: "scatterAddRows",
    arrays: { ...lists, x: heap.cell(x), base: heap.cell(out) },
    numbers: { d, xOffset: x.offset, baseOffset: out.offset },
    body: `const row = quotient(i, d);
    const column = i - row * d;
    const from = at(starts, row);
    const end = at(starts, row + 1);
    value = at(base, baseOffset + i);
    for (let turn = 0; turn < end - from; turn++) {
      const position = at(entries, from + turn);
      value = value + at(x, xOffset + position * d + column);
    }`,
  });
  heap.device.release(lists.starts);
  heap.device.release(lists.entries);
};

export const gather: OnHeap["gather"] = (heap, out, x, index, outer, n, m, inner) => {
  if (out.dtype !== "float32")
    return void gatherOnHost(hostSide(heap, [out]), out, x, index, outer, n, m, inner);
  launch(heap, out, {
    key: "gather",
    arrays: { x: heap.cell(x), index: heap.cell(index) },
    numbers: { n, m, inner, xOffset: x.offset, first: index.offset },
    body: `const line = quotient(i, inner);
    const o = quotient(line, m);
    const place = at(index, first + i);
    value = at(x, xOffset + (o * n + place) * inner + i - line * inner);`,
  });
};

export const scatter: OnHeap["scatter"] = (heap, out, index, x, outer, n, m, inner, add) => {
  if (out.dtype !== "float32")
    return void scatterOnHost(hostSide(heap, [out]), out, index, x, outer, n, m, inner, add);
  if (x.size === 0) return;
  launch(heap, out, {
    key: add ? "scatter adding" : "scatter",
    arrays: { x: heap.cell(x), index: heap.cell(index), base: heap.cell(out) },
    numbers: { n, m, inner, xOffset: x.offset, first: index.offset, baseOffset: out.offset },
    body: `const line = quotient(i, inner);
    const o = quotient(line, n);
    const own = line - o * n;
    const start = o * m * inner + i - line * inner;
    value = at(base, baseOffset + i);
    for (let q = 0; q < m; q++) {
      const place = at(index, first + start + q * inner);
      if (place == own) { value = ${add ? "value + " : ""}at(x, xOffset + start + q * inner); }
    }`,
  });
};
