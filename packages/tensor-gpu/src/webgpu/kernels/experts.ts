import { rowSize } from "../../js/strides";
import { streamed } from "../elementwise";
import { elementGroups, type OnLauncher, perElement } from "../launcher";
import { launchRows } from "../rows";

/** Each group counts the slots of those before it, and each slot those before it of its own group. */
export const countingSort: OnLauncher["countingSort"] = (
  launcher,
  order,
  inverse,
  offsets,
  ids,
  groups,
) => {
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
  if (ids.size === 0) return;
  launcher.launch({
    key: "countingSort",
    views: { order, inverse, offsets, ids },
    writes: ["order", "inverse"],
    numbers: { n: ids.size, groups },
    body: () =>
      perElement(`let own = ids_bits(i);
  if (i >= offsets_bits(a.groups)) { order_put_int(i, -1); }
  var place = -1;
  if (own != 0xffffffffu) {
    place = offsets_int(own);
    for (var j = 0u; j < i; j++) { if (ids_bits(j) == own) { place++; } }
    order_put_bits(u32(place), i);
  }
  inverse_put_int(i, place);`),
    groups: elementGroups(ids.size),
    work: {
      flop: ids.size ** 2 / 2,
      bytesRead: 2 * ids.size ** 2,
      bytesWritten: 8 * ids.size,
    },
  });
};

export const expandRows: OnLauncher["expandRows"] = (launcher, out, x, order, k, weights) => {
  if (out.size === 0) return;
  launcher.launch({
    key: `expandRows:${weights !== null}`,
    views: { out, x, order, ...(weights && { weights }) },
    writes: ["out"],
    numbers: { n: out.size, width: rowSize(x), k },
    body: () =>
      perElement(`let slot = order_int(i / a.width);
  var value = 0.0;
  if (slot >= 0) {
    value = ${weights ? "weights_at(u32(slot)) * " : ""}x_at(u32(slot) / a.k * a.width + i % a.width);
  }
  out_put(i, value);`),
    groups: elementGroups(out.size),
    work: streamed(weights ? [out, order, weights] : [out, order], [out], out.size),
  });
};

export const combineRows: OnLauncher["combineRows"] = (launcher, out, x, inverse, weights) => {
  const [tokens = 0] = out.shape;
  if (out.size === 0) return;
  const k = inverse.size / tokens;
  launcher.launch({
    key: `combineRows:${weights !== null}`,
    views: { out, x, inverse, ...(weights && { weights }) },
    writes: ["out"],
    numbers: { n: out.size, width: rowSize(out), k },
    body: () =>
      perElement(`let token = i / a.width;
  var sum = 0.0;
  for (var slot = token * a.k; slot < (token + 1u) * a.k; slot++) {
    let place = inverse_int(slot);
    if (place >= 0) { sum += ${weights ? "weights_at(slot) * " : ""}x_at(u32(place) * a.width + i % a.width); }
  }
  out_put(i, sum);`),
    groups: elementGroups(out.size),
    work: streamed(weights ? [x, inverse, weights] : [x, inverse], [out], 2 * k * out.size),
  });
};

export const rowDots: OnLauncher["rowDots"] = (launcher, out, dy, x, inverse) => {
  const [tokens = 0] = dy.shape;
  if (out.size === 0) return;
  const k = out.size / tokens;
  launchRows(launcher, {
    key: "rowDots",
    rows: out.size,
    width: rowSize(dy),
    outs: { out },
    inputs: { x, dy, inverse },
    numbers: { k },
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
};
