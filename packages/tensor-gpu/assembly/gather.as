/** @file Gathering and scattering by index. Elements are four bytes of any type unless they are added. */
import { Answer, place } from "./arguments";
import { loadPart, storePart } from "./lanes";

@unmanaged class FirstOutOfRange {
  index: usize;
  limit: i32;
  count: i32;
  answer: Answer;
}

/** Position of the first index outside [0, limit), or −1. One item: all of it. */
export function firstOutOfRange(args: FirstOutOfRange, begin: i32, end: i32): void {
  const limit = <u32>args.limit, index = args.index, count = args.count;
  const limits = i32x4.splat(limit);
  let i = 0;
  while (i + 4 <= count && !v128.any_true(i32x4.ge_u(v128.load(place(index, i)), limits))) i += 4;
  while (i < count && load<u32>(place(index, i)) < limit) i++;
  args.answer = i < count ? i : -1;
}

@inline function copyRow(out: usize, x: usize, n: i32): void {
  if (n >= 256) {
    memory.copy(out, x, <usize>n << 2);
    return;
  }
  for (; n >= 4; n -= 4, out += 16, x += 16) v128.store(out, v128.load(x));
  for (; n > 0; n--, out += 4, x += 4) store<i32>(out, load<i32>(x));
}

@unmanaged class GatherRows {
  out: usize;
  table: usize;
  index: usize;
  d: i32;
}

/** out[i] = table[index[i]]. Items are rows of out. */
export function gatherRows(args: GatherRows, begin: i32, end: i32): void {
  const d = args.d;
  for (let i = begin; i < end; i++) {
    const row = load<i32>(place(args.index, i));
    copyRow(place(args.out, i * d), place(args.table, row * d), d);
  }
}

/** out += x over n floats. */
@inline function addRow(out: usize, x: usize, n: i32): void {
  for (; n >= 4; n -= 4, out += 16, x += 16) v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
  if (n > 0) storePart(out, f32x4.add(loadPart(out, n), loadPart(x, n)), n);
}

@unmanaged class ScatterAddRows {
  out: usize;
  index: usize;
  x: usize;
  count: i32;
  d: i32;
}

/** out[index[i]] += x[i] in order of i. Items are strips of 256 columns. */
export function scatterAddRows(args: ScatterAddRows, begin: i32, end: i32): void {
  const count = args.count, d = args.d, first = begin << 8, columns = min(end << 8, d) - first;
  for (let i = 0; i < count; i++) {
    const row = load<i32>(place(args.index, i));
    addRow(place(args.out, row * d + first), place(args.x, i * d + first), columns);
  }
}

@unmanaged class Gather {
  out: usize;
  x: usize;
  index: usize;
  n: i32;
  m: i32;
  inner: i32;
}

/** out[o, i, r] = x[o, index[o, i, r], r]. Items are elements of out. */
export function gather(args: Gather, begin: i32, end: i32): void {
  const n = args.n, m = args.m, inner = args.inner;
  for (let item = begin; item < end;) {
    const line = item / inner, outer = line / m, first = item - line * inner;
    const stop = min(inner, first + end - item);
    const x = place(args.x, outer * n * inner);
    for (let r = first; r < stop; r++, item++) {
      const from = load<i32>(place(args.index, item)) * inner + r;
      store<i32>(place(args.out, item), load<i32>(place(x, from)));
    }
  }
}

export const enum ScatterMode {
  set, addFloat, addInt,
}

@unmanaged class Scatter {
  out: usize;
  index: usize;
  x: usize;
  n: i32;
  m: i32;
  inner: i32;
  mode: i32; // a ScatterMode
}

/**
 * out[o, index[o, i, r], r] = or += x[o, i, r] in order of i. Items are pairs (o, r), so that all writes to an element
 * are made by one thread.
 */
export function scatter(args: Scatter, begin: i32, end: i32): void {
  const n = args.n, m = args.m, inner = args.inner, mode = args.mode;
  for (let item = begin; item < end;) {
    const outer = item / inner, first = item - outer * inner, stop = min(inner, first + end - item);
    const target = place(args.out, outer * n * inner);
    for (let i = 0; i < m; i++) {
      for (let r = first; r < stop; r++) {
        const from = (outer * m + i) * inner + r;
        const out = place(target, load<i32>(place(args.index, from)) * inner + r);
        const x = place(args.x, from);
        if (mode == ScatterMode.set) store<i32>(out, load<i32>(x));
        else if (mode == ScatterMode.addFloat) store<f32>(out, load<f32>(out) + load<f32>(x));
        else store<i32>(out, load<i32>(out) + load<i32>(x));
      }
    }
    item += stop - first;
  }
}
