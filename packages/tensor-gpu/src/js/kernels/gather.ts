import type { View } from "../../backend/view";
import type { Heap } from "../array-heap";
import { rowSize } from "../strides";

export function firstOutOfRange(heap: Heap, index: View, limit: number): number {
  return heap.ints(index).findIndex((place) => place < 0 || place >= limit);
}

export function gatherRows(heap: Heap, out: View, table: View, index: View): void {
  const [y, rows] = [heap.numbers(out), heap.numbers(table)];
  const d = rowSize(table);
  for (const [i, row] of heap.ints(index).entries())
    y.set(rows.subarray(row * d, (row + 1) * d), i * d);
}

export function scatterAddRows(heap: Heap, out: View, index: View, x: View): void {
  const [y, from] = [heap.numbers(out), heap.numbers(x)];
  const d = rowSize(out);
  for (const [i, row] of heap.ints(index).entries())
    for (let j = 0; j < d; j++) y[row * d + j]! += from[i * d + j]!;
}

export function gather(
  heap: Heap,
  out: View,
  x: View,
  index: View,
  outer: number,
  n: number,
  m: number,
  inner: number,
): void {
  const [y, from, places] = [heap.numbers(out), heap.numbers(x), heap.ints(index)];
  for (let o = 0; o < outer; o++)
    for (let i = o * m * inner; i < (o + 1) * m * inner; i++)
      y[i] = from[(o * n + places[i]!) * inner + (i % inner)]!;
}

export function scatter(
  heap: Heap,
  out: View,
  index: View,
  x: View,
  outer: number,
  n: number,
  m: number,
  inner: number,
  add: boolean,
): void {
  const [y, from, places] = [heap.numbers(out), heap.numbers(x), heap.ints(index)];
  for (let o = 0; o < outer; o++)
    for (let i = o * m * inner; i < (o + 1) * m * inner; i++) {
      const place = (o * n + places[i]!) * inner + (i % inner);
      y[place] = add ? y[place]! + from[i]! : from[i]!;
    }
}
