/** @file Mixture of experts: slot t·k + j is choice j of token t. */
import { place } from "./arguments";
import { load4, loadPart, store4, storePart } from "./lanes";
import { madd } from "./math";
import { rowDot } from "./row-sums";

@unmanaged class CountingSort {
  order: usize;
  inverse: usize;
  offsets: usize;
  ids: usize;
  slots: i32;
  groups: i32;
}

/**
 * Stable counting sort of slots by group. One item: all of it.
 * `offsets` serves as the running places of the groups, moved up by one group, so that it ends as documented.
 */
export function countingSort(args: CountingSort, begin: i32, end: i32): void {
  const order = args.order, inverse = args.inverse, offsets = args.offsets, ids = args.ids;
  const slots = args.slots, groups = args.groups;
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

@unmanaged class ExpandRows {
  out: usize;
  x: usize;
  order: usize;
  k: i32;
  weights: usize; // or 0
  d: i32;
}

/** out[p] = weights[order[p]]·x[⌊order[p]/k⌋], zeros for order −1. Items are rows. */
export function expandRows(args: ExpandRows, begin: i32, end: i32): void {
  const k = args.k, weights = args.weights, d = args.d;
  for (let p = begin; p < end; p++) {
    const slot = load<i32>(place(args.order, p));
    let out = place(args.out, p * d), left = d;
    if (slot < 0) {
      memory.fill(out, 0, <usize>d << 2);
      continue;
    }
    let x = place(args.x, (slot / k) * d);
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

@unmanaged class CombineRows {
  out: usize;
  x: usize;
  inverse: usize;
  weights: usize; // or 0
  k: i32;
  d: i32;
}

/** out[t] = Σ_j weights[t, j]·x[inverse[t, j]], skipping −1. Items are tokens. */
export function combineRows(args: CombineRows, begin: i32, end: i32): void {
  const k = args.k, d = args.d;
  for (let t = begin; t < end; t++) {
    const inverse = place(args.inverse, t * k);
    const weights = args.weights != 0 ? place(args.weights, t * k) : 0;
    let out = place(args.out, t * d), x = args.x, left = d;
    for (; left >= 16; left -= 16, out += 64, x += 64) combine16(out, x, inverse, weights, k, d);
    for (; left > 0; left -= 4, out += 16, x += 16) combinePart(out, x, inverse, weights, k, d, left);
  }
}

@unmanaged class RowDots {
  out: usize;
  dy: usize;
  x: usize;
  inverse: usize;
  k: i32;
  d: i32;
}

/** out[t, j] = ⟨dy[t], x[inverse[t, j]]⟩, 0 where −1. Items are slots. */
export function rowDots(args: RowDots, begin: i32, end: i32): void {
  const k = args.k, d = args.d;
  for (let slot = begin; slot < end; slot++) {
    const row = load<i32>(place(args.inverse, slot));
    const dy = place(args.dy, (slot / k) * d);
    const dot: f32 = row < 0 ? 0 : rowDot(dy, place(args.x, row * d), d);
    store<f32>(place(args.out, slot), dot);
  }
}
