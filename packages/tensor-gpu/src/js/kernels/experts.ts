import type { OnHeap } from "../on-heap";
import { rowSize } from "../strides";

const DROPPED = -1;

export const countingSort: OnHeap["countingSort"] = (
  heap,
  order,
  inverse,
  offsets,
  ids,
  groups,
) => {
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
};

export const expandRows: OnHeap["expandRows"] = (heap, out, x, order, k, weights) => {
  const [y, from] = [heap.floats(out), heap.floats(x)];
  const factors = weights && heap.floats(weights);
  const d = rowSize(x);
  for (const [place, slot] of heap.ints(order).entries())
    for (let j = 0; j < d; j++)
      y[place * d + j] =
        slot < 0 ? 0 : (factors?.[slot] ?? 1) * from[Math.floor(slot / k) * d + j]!;
};

export const combineRows: OnHeap["combineRows"] = (heap, out, x, inverse, weights) => {
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
};

export const rowDots: OnHeap["rowDots"] = (heap, out, dy, x, inverse) => {
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
};
