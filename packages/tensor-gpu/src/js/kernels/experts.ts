import type { View } from "../../backend/view";
import type { Heap } from "../array-heap";
import { rowSize } from "../strides";

const DROPPED = -1;

export function countingSort(
  heap: Heap,
  order: View,
  inverse: View,
  offsets: View,
  ids: View,
  groups: number,
): void {
  const [places, slots] = [heap.ints(inverse), heap.ints(order)];
  const [starts, groupOf] = [heap.ints(offsets), heap.ints(ids)];
  starts.fill(0);
  for (const id of groupOf) if (id !== DROPPED) starts[id + 1]!++;
  for (let g = 0; g < groups; g++) starts[g + 1]! += starts[g]!;
  const next = starts.slice(0, groups);
  slots.fill(-1);
  for (const [slot, id] of groupOf.entries()) {
    const place = id === DROPPED ? -1 : next[id]!++;
    places[slot] = place;
    if (place >= 0) slots[place] = slot;
  }
}

export function expandRows(
  heap: Heap,
  out: View,
  x: View,
  order: View,
  k: number,
  weights: View | null,
): void {
  const [y, from] = [heap.floats(out), heap.floats(x)];
  const factors = weights && heap.floats(weights);
  const d = rowSize(x);
  for (const [place, slot] of heap.ints(order).entries())
    for (let j = 0; j < d; j++)
      y[place * d + j] =
        slot < 0 ? 0 : (factors?.[slot] ?? 1) * from[Math.floor(slot / k) * d + j]!;
}

export function combineRows(
  heap: Heap,
  out: View,
  x: View,
  inverse: View,
  weights: View | null,
): void {
  const [y, from, places] = [heap.floats(out), heap.floats(x), heap.ints(inverse)];
  const factors = weights && heap.floats(weights);
  const [tokens = 0] = out.shape;
  const [d, k] = [rowSize(out), places.length / tokens];
  for (let t = 0; t < tokens; t++)
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let slot = t * k; slot < (t + 1) * k; slot++)
        if (places[slot]! >= 0) sum += (factors?.[slot] ?? 1) * from[places[slot]! * d + j]!;
      y[t * d + j] = sum;
    }
}

export function rowDots(heap: Heap, out: View, dy: View, x: View, inverse: View): void {
  const [y, upstream, from] = [heap.floats(out), heap.floats(dy), heap.floats(x)];
  const [tokens = 0] = dy.shape;
  const [d, k] = [rowSize(dy), out.size / tokens];
  for (const [slot, place] of heap.ints(inverse).entries()) {
    let sum = 0;
    const token = Math.floor(slot / k);
    if (place >= 0)
      for (let j = 0; j < d; j++) sum += upstream[token * d + j]! * from[place * d + j]!;
    y[slot] = sum;
  }
}
