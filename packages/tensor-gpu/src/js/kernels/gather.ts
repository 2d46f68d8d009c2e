import type { OnHeap } from "../on-heap";
import { rowSize } from "../strides";

export const firstOutOfRange: OnHeap["firstOutOfRange"] = (heap, index, limit) => {
  return heap.ints(index).findIndex((place) => place < 0 || place >= limit);
};

export const gatherRows: OnHeap["gatherRows"] = (heap, out, table, index) => {
  const [y, rows] = [heap.numbers(out), heap.numbers(table)];
  const d = rowSize(table);
  for (const [i, row] of heap.ints(index).entries())
    y.set(rows.subarray(row * d, (row + 1) * d), i * d);
};

export const scatterAddRows: OnHeap["scatterAddRows"] = (heap, out, index, x) => {
  const [y, from] = [heap.numbers(out), heap.numbers(x)];
  const d = rowSize(out);
  for (const [i, row] of heap.ints(index).entries())
    for (let j = 0; j < d; j++) y[row * d + j]! += from[i * d + j]!;
};

export const gather: OnHeap["gather"] = (heap, out, x, index, outer, n, m, inner) => {
  const [y, from, places] = [heap.numbers(out), heap.numbers(x), heap.ints(index)];
  for (let o = 0; o < outer; o++)
    for (let i = o * m * inner; i < (o + 1) * m * inner; i++)
      y[i] = from[(o * n + places[i]!) * inner + (i % inner)]!;
};

export const scatter: OnHeap["scatter"] = (heap, out, index, x, outer, n, m, inner, add) => {
  const [y, from, places] = [heap.numbers(out), heap.numbers(x), heap.ints(index)];
  for (let o = 0; o < outer; o++)
    for (let i = o * m * inner; i < (o + 1) * m * inner; i++) {
      const place = (o * n + places[i]!) * inner + (i % inner);
      y[place] = add ? y[place]! + from[i]! : from[i]!;
    }
};
