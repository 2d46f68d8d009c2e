import type { View } from "../../backend/view";
import { countingSort as countingSortOnHost } from "../../js/kernels/experts";
import { rowSize } from "../../js/strides";
import type { Cell } from "../cell";
import type { Heap } from "../cell-heap";
import { hostSide } from "../host-kernels";
import { launch } from "../launch";
import type { OnHeap } from "../on-heap";

/**
 * The ids are few, so they are sorted on the host, where they are fetched if a kernel computed them. Where they
 * cannot be read synchronously (mode webgpu), each position counts the slots before it.
 */
export const countingSort: OnHeap["countingSort"] = (
  heap,
  order,
  inverse,
  offsets,
  ids,
  groups,
) => {
  if (heap.block(ids).host || heap.device.canReadSync) {
    const host = hostSide(heap, [order, inverse, offsets]);
    return void countingSortOnHost(host, order, inverse, offsets, ids, groups);
  }
  const given = { ids: heap.cell(ids) };
  const numbers = { first: ids.offset, slots: ids.size };
  launch(heap, offsets, {
    key: "group offsets",
    arrays: given,
    numbers,
    body: `for (let slot = 0; slot < slots; slot++) {
      const id = at(ids, first + slot);
      if (id >= 0) { if (id < i) { value = value + 1; } }
    }`,
  });
  launch(heap, inverse, {
    key: "places of slots",
    arrays: given,
    numbers,
    body: `const own = at(ids, first + i);
    for (let slot = 0; slot < slots; slot++) {
      const id = at(ids, first + slot);
      if (id >= 0) { if (id < own) { value = value + 1; } }
      if (id == own) { if (slot < i) { value = value + 1; } }
    }
    if (own < 0) { value = -1; }`,
  });
  launch(heap, order, {
    key: "slots of places",
    arrays: { places: heap.cell(inverse) },
    numbers: { slots: ids.size, placesOffset: inverse.offset },
    body: `value = -1;
    for (let slot = 0; slot < slots; slot++) { if (at(places, placesOffset + slot) == i) { value = slot; } }`,
  });
};

function factors(heap: Heap, weights: View | null) {
  const arrays: Record<string, Cell> = weights ? { weights: heap.cell(weights) } : {};
  const numbers: Record<string, number> = weights ? { weightOffset: weights.offset } : {};
  return {
    key: weights ? " weighted" : "",
    arrays,
    numbers,
    read: weights ? "at(weights, weightOffset + slot) * " : "",
  };
}

export const expandRows: OnHeap["expandRows"] = (heap, out, x, order, k, weights) => {
  const { key, arrays, numbers, read } = factors(heap, weights);
  launch(heap, out, {
    key: `expandRows${key}`,
    arrays: { x: heap.cell(x), order: heap.cell(order), ...arrays },
    numbers: { d: rowSize(x), k, xOffset: x.offset, first: order.offset, ...numbers },
    body: `const place = quotient(i, d);
    const slot = at(order, first + place);
    if (slot >= 0) {
      const token = quotient(slot, k);
      value = ${read}at(x, xOffset + token * d + i - place * d);
    }`,
  });
};

export const combineRows: OnHeap["combineRows"] = (heap, out, x, inverse, weights) => {
  if (out.size === 0) return;
  const { key, arrays, numbers, read } = factors(heap, weights);
  const [tokens = 0] = out.shape;
  launch(heap, out, {
    key: `combineRows${key}`,
    arrays: { x: heap.cell(x), inverse: heap.cell(inverse), ...arrays },
    numbers: {
      d: rowSize(out),
      k: inverse.size / tokens,
      xOffset: x.offset,
      first: inverse.offset,
      ...numbers,
    },
    body: `const token = quotient(i, d);
    const column = i - token * d;
    for (let j = 0; j < k; j++) {
      const slot = token * k + j;
      const place = at(inverse, first + slot);
      if (place >= 0) { value = value + ${read}at(x, xOffset + place * d + column); }
    }`,
  });
};

export const rowDots: OnHeap["rowDots"] = (heap, out, dy, x, inverse) => {
  if (out.size === 0) return;
  const [tokens = 0] = dy.shape;
  launch(heap, out, {
    key: "rowDots",
    arrays: { dy: heap.cell(dy), x: heap.cell(x), inverse: heap.cell(inverse) },
    numbers: {
      d: rowSize(dy),
      k: out.size / tokens,
      first: inverse.offset,
      dyOffset: dy.offset,
      xOffset: x.offset,
    },
    body: `const place = at(inverse, first + i);
    const token = quotient(i, k);
    if (place >= 0) {
      for (let q = 0; q < d; q++) {
        value = value + at(dy, dyOffset + token * d + q) * at(x, xOffset + place * d + q);
      }
    }`,
  });
};
