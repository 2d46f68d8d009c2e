/** @file Gathering and scattering by index. Elements are four bytes of any type unless they are added. */
import { loadPart, storePart } from "./lanes";
import { addressAt, intAt, place } from "./slots";

/** Position of the first index outside [0, limit), or −1. Slots: result, index, limit, count. One item: all of it. */
export function firstOutOfRange(args: usize, begin: i32, end: i32): void {
  const limit = <u32>intAt(args, 2), index = addressAt(args, 1), count = intAt(args, 3);
  const limits = i32x4.splat(limit);
  let i = 0;
  while (i + 4 <= count && !v128.any_true(i32x4.ge_u(v128.load(place(index, i)), limits))) i += 4;
  while (i < count && load<u32>(place(index, i)) < limit) i++;
  store<i32>(addressAt(args, 0), i < count ? i : -1);
}

@inline function copyRow(out: usize, x: usize, n: i32): void {
  if (n >= 256) {
    memory.copy(out, x, <usize>n << 2);
    return;
  }
  for (; n >= 4; n -= 4, out += 16, x += 16) v128.store(out, v128.load(x));
  for (; n > 0; n--, out += 4, x += 4) store<i32>(out, load<i32>(x));
}

/** out[i] = table[index[i]]. Slots: out, table, index, d. Items are rows of out. */
export function gatherRows(args: usize, begin: i32, end: i32): void {
  const d = intAt(args, 3);
  for (let i = begin; i < end; i++) {
    const row = load<i32>(place(addressAt(args, 2), i));
    copyRow(place(addressAt(args, 0), i * d), place(addressAt(args, 1), row * d), d);
  }
}

/** out += x over n floats. */
@inline function addRow(out: usize, x: usize, n: i32): void {
  for (; n >= 4; n -= 4, out += 16, x += 16) v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
  if (n > 0) storePart(out, f32x4.add(loadPart(out, n), loadPart(x, n)), n);
}

/** out[index[i]] += x[i] in order of i. Slots: out, index, x, count, d. Items are strips of 256 columns. */
export function scatterAddRows(args: usize, begin: i32, end: i32): void {
  const count = intAt(args, 3), d = intAt(args, 4), first = begin << 8, columns = min(end << 8, d) - first;
  for (let i = 0; i < count; i++) {
    const row = load<i32>(place(addressAt(args, 1), i));
    addRow(place(addressAt(args, 0), row * d + first), place(addressAt(args, 2), i * d + first), columns);
  }
}

/**
 * out[o, i, r] = x[o, index[o, i, r], r]. Slots: out, x, index, n, m, inner. Items are elements of out.
 */
export function gather(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 3), m = intAt(args, 4), inner = intAt(args, 5);
  for (let item = begin; item < end;) {
    const line = item / inner, outer = line / m, first = item - line * inner;
    const stop = min(inner, first + end - item);
    const x = place(addressAt(args, 1), outer * n * inner);
    for (let r = first; r < stop; r++, item++) {
      const from = load<i32>(place(addressAt(args, 2), item)) * inner + r;
      store<i32>(place(addressAt(args, 0), item), load<i32>(place(x, from)));
    }
  }
}

const enum Mode {
  set, addFloat, addInt,
}

/**
 * out[o, index[o, i, r], r] = or += x[o, i, r] in order of i. Slots: out, index, x, n, m, inner, mode (0 sets, 1 adds
 * floats, 2 adds integers). Items are pairs (o, r), so that all writes to an element are one thread's.
 */
export function scatter(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, 3), m = intAt(args, 4), inner = intAt(args, 5), mode = intAt(args, 6);
  for (let item = begin; item < end;) {
    const outer = item / inner, first = item - outer * inner, stop = min(inner, first + end - item);
    const target = place(addressAt(args, 0), outer * n * inner);
    for (let i = 0; i < m; i++) {
      for (let r = first; r < stop; r++) {
        const from = (outer * m + i) * inner + r;
        const out = place(target, load<i32>(place(addressAt(args, 1), from)) * inner + r);
        const x = place(addressAt(args, 2), from);
        if (mode == Mode.set) store<i32>(out, load<i32>(x));
        else if (mode == Mode.addFloat) store<f32>(out, load<f32>(out) + load<f32>(x));
        else store<i32>(out, load<i32>(out) + load<i32>(x));
      }
    }
    item += stop - first;
  }
}
