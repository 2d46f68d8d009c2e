import { rowSize } from "../../js/strides";
import { streamed } from "../elementwise";
import type { OnLauncher } from "../launcher";
import { launchRows } from "../rows";
import { launchPlaces } from "./each-place";

export const expertKernels = {
  /** Each group counts the slots of those before it, and each slot those before it of its own group. */
  countingSort(launcher, order, inverse, offsets, ids, groups) {
    launchRows(launcher, {
      key: "countingSort offsets",
      rows: groups + 1,
      width: ids.size,
      outs: { offsets },
      inputs: { ids },
      body: `var before = 0;
  for (var j = lane; j < a.width; j += 64u) { if (ids_bits(j) < row) { before++; } }
  before = groupSumInt(before, lane);
  if (lane == 0u) { offsets_put_int(row, before); }`,
      flop: groups,
    });
    const pairs = ids.size ** 2;
    launchPlaces(launcher, {
      key: "countingSort",
      n: ids.size,
      outs: { order, inverse },
      inputs: { offsets, ids },
      numbers: { groups },
      body: `let own = ids_bits(i);
  if (i >= offsets_bits(a.groups)) { order_put_int(i, -1); }
  var place = -1;
  if (own != 0xffffffffu) {
    place = offsets_int(own);
    for (var j = 0u; j < i; j++) { if (ids_bits(j) == own) { place++; } }
    order_put_bits(u32(place), i);
  }
  inverse_put_int(i, place);`,
      work: { flop: pairs / 2, bytesRead: 2 * pairs, bytesWritten: 8 * ids.size },
    });
  },

  expandRows(launcher, out, x, order, k, weights) {
    launchPlaces(launcher, {
      key: `expandRows:${weights !== null}`,
      n: out.size,
      outs: { out },
      inputs: { x, order, ...(weights && { weights }) },
      numbers: { width: rowSize(x), k },
      body: `let slot = order_int(i / a.width);
  var value = 0.0;
  if (slot >= 0) {
    value = ${weights ? "weights_at(u32(slot)) * " : ""}x_at(u32(slot) / a.k * a.width + i % a.width);
  }
  out_put(i, value);`,
      work: streamed(weights ? [out, order, weights] : [out, order], [out], out.size),
    });
  },

  combineRows(launcher, out, x, inverse, weights) {
    const k = inverse.size / out.shape[0]!;
    launchPlaces(launcher, {
      key: `combineRows:${weights !== null}`,
      n: out.size,
      outs: { out },
      inputs: { x, inverse, ...(weights && { weights }) },
      numbers: { width: rowSize(out), k },
      body: `let token = i / a.width;
  var sum = 0.0;
  for (var slot = token * a.k; slot < (token + 1u) * a.k; slot++) {
    let place = inverse_int(slot);
    if (place >= 0) { sum += ${weights ? "weights_at(slot) * " : ""}x_at(u32(place) * a.width + i % a.width); }
  }
  out_put(i, sum);`,
      flop: 2 * k,
    });
  },

  rowDots(launcher, out, dy, x, inverse) {
    launchRows(launcher, {
      key: "rowDots",
      rows: out.size,
      width: rowSize(dy),
      outs: { out },
      inputs: { x, dy, inverse },
      numbers: { k: out.size / dy.shape[0]! },
      body: `let place = inverse_int(row);
  var part = 0.0;
  if (place >= 0) {
    for (var j = lane; j < a.width; j += 64u) {
      part += dy_at(row / a.k * a.width + j) * x_at(u32(place) * a.width + j);
    }
  }
  part = groupSum(part, lane);
  if (lane == 0u) { out_put(row, part); }`,
      flop: 2,
    });
  },
} satisfies Partial<OnLauncher>;
