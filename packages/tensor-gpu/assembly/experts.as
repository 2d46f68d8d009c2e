/** @file Mixture of experts: slot t·k + j is choice j of token t. */
import { load4, loadPart, store4, storePart } from "./lanes";
import { madd } from "./math";
import { rowDot } from "./row-sums";
import { addressAt, intAt, place } from "./slots";

/**
 * Stable counting sort of slots by group. Slots: order, inverse, offsets, ids, slots, groups. One item: all of it.
 * `offsets` serves as the running places of the groups, moved up by one group, so that it ends as documented.
 */
export function countingSort(args: usize, begin: i32, end: i32): void {
  const order = addressAt(args, 0), inverse = addressAt(args, 1), offsets = addressAt(args, 2), ids = addressAt(args, 3);
  const slots = intAt(args, 4), groups = intAt(args, 5);
  memory.fill(offsets, 0, <usize>(groups + 1) << 2);
  memory.fill(order, 0xff, <usize>slots << 2);
  for (let slot = 0; slot < slots; slot++) {
    const id = load<i32>(place(ids, slot));
    if (id >= 0) store<i32>(place(offsets, id + 1), load<i32>(place(offsets, id + 1)) + 1);
  }
  for (let group = 0, start = 0; group < groups; group++) {
    const count = load<i32>(place(offsets, group + 1));
    store<i32>(place(offsets, group + 1), start);
    start += count;
  }
  for (let slot = 0; slot < slots; slot++) {
    const id = load<i32>(place(ids, slot));
    let to = -1;
    if (id >= 0) {
      to = load<i32>(place(offsets, id + 1));
      store<i32>(place(offsets, id + 1), to + 1);
      store<i32>(place(order, to), slot);
    }
    store<i32>(place(inverse, slot), to);
  }
}

/** out[p] = weights[order[p]]·x[⌊order[p]/k⌋], zeros for order −1. Slots: out, x, order, k, weights, d. Items are rows. */
export function expandRows(args: usize, begin: i32, end: i32): void {
  const k = intAt(args, 3), weights = addressAt(args, 4), d = intAt(args, 5);
  for (let p = begin; p < end; p++) {
    const slot = load<i32>(place(addressAt(args, 2), p));
    let out = place(addressAt(args, 0), p * d), left = d;
    if (slot < 0) {
      memory.fill(out, 0, <usize>d << 2);
      continue;
    }
    let x = place(addressAt(args, 1), (slot / k) * d);
    const weight = weights != 0 ? v128.load32_splat(place(weights, slot)) : f32x4.splat(1);
    for (; left >= 4; left -= 4, out += 16, x += 16) v128.store(out, f32x4.mul(v128.load(x), weight));
    if (left > 0) storePart(out, f32x4.mul(loadPart(x, left), weight), left);
  }
}

/** Sixteen columns of Σ_j weights[j]·x[inverse[j]]. */
@inline function combine16(out: usize, x: usize, inverse: usize, weights: usize, k: i32, d: i32): void {
  let p = f32x4.splat(0), q = p, r = p, s = p;
  for (let j = 0; j < k; j++) {
    const row = load<i32>(place(inverse, j)), from = place(x, row * d);
    if (row < 0) continue;
    const weight = weights != 0 ? v128.load32_splat(place(weights, j)) : f32x4.splat(1);
    p = madd(v128.load(from), weight, p);
    q = madd(v128.load(from, 16), weight, q);
    r = madd(v128.load(from, 32), weight, r);
    s = madd(v128.load(from, 48), weight, s);
  }
  v128.store(out, p);
  v128.store(out, q, 16);
  v128.store(out, r, 32);
  v128.store(out, s, 48);
}

/** Up to four columns. */
@inline function combinePart(out: usize, x: usize, inverse: usize, weights: usize, k: i32, d: i32, count: i32): void {
  let sum = f32x4.splat(0);
  for (let j = 0; j < k; j++) {
    const row = load<i32>(place(inverse, j));
    if (row < 0) continue;
    const weight = weights != 0 ? v128.load32_splat(place(weights, j)) : f32x4.splat(1);
    sum = madd(load4(place(x, row * d), count), weight, sum);
  }
  store4(out, sum, count);
}

/** out[t] = Σ_j weights[t, j]·x[inverse[t, j]], skipping −1. Slots: out, x, inverse, weights, k, d. Items are tokens. */
export function combineRows(args: usize, begin: i32, end: i32): void {
  const k = intAt(args, 4), d = intAt(args, 5);
  for (let t = begin; t < end; t++) {
    const inverse = place(addressAt(args, 2), t * k);
    const weights = addressAt(args, 3) != 0 ? place(addressAt(args, 3), t * k) : 0;
    let out = place(addressAt(args, 0), t * d), x = addressAt(args, 1), left = d;
    for (; left >= 16; left -= 16, out += 64, x += 64) combine16(out, x, inverse, weights, k, d);
    for (; left > 0; left -= 4, out += 16, x += 16) combinePart(out, x, inverse, weights, k, d, left);
  }
}

/** out[t, j] = ⟨dy[t], x[inverse[t, j]]⟩, 0 where −1. Slots: out, dy, x, inverse, k, d. Items are slots. */
export function rowDots(args: usize, begin: i32, end: i32): void {
  const k = intAt(args, 4), d = intAt(args, 5);
  for (let slot = begin; slot < end; slot++) {
    const row = load<i32>(place(addressAt(args, 3), slot));
    const dy = place(addressAt(args, 1), (slot / k) * d);
    const dot: f32 = row < 0 ? 0 : rowDot(dy, place(addressAt(args, 2), row * d), d);
    store<f32>(place(addressAt(args, 0), slot), dot);
  }
}
