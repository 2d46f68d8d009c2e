/** @file Sorting along rows. */
import { Answer, place } from "./arguments";
import { hasNaN } from "./row-sums";

/** An integer in the order of the floats: −0 as 0, every NaN after +∞. */
function orderedKey(x: f32): i32 {
  if (x != x) return i32.MAX_VALUE;
  const bits = reinterpret<i32>(x + 0);
  return bits ^ ((bits >> 31) & i32.MAX_VALUE);
}

/**
 * An element as one unsigned number, key above index: unique, and sorted in ascending order it is stable. While a row
 * is sorted its keys stand where the values will be.
 */
@inline function entry(keys: usize, indices: usize, i: i32): u64 {
  return (<u64>load<u32>(place(keys, i)) << 32) | load<u32>(place(indices, i));
}

@inline function setEntry(keys: usize, indices: usize, i: i32, value: u64): void {
  store<u32>(place(keys, i), <u32>(value >> 32));
  store<u32>(place(indices, i), <u32>value);
}

/** Puts `value` at or below place `i` of a heap of `size` whose largest entry comes first. */
function siftDown(keys: usize, indices: usize, i: i32, size: i32, value: u64): void {
  for (let child = 2 * i + 1; child < size; child = 2 * i + 1) {
    let largest = entry(keys, indices, child);
    if (child + 1 < size) {
      const right = entry(keys, indices, child + 1);
      if (right > largest) {
        largest = right;
        child++;
      }
    }
    if (value >= largest) break;
    setEntry(keys, indices, i, largest);
    i = child;
  }
  setEntry(keys, indices, i, value);
}

@inline function keyedEntry(isFloat: bool, x: usize, i: i32, flip: i32): u64 {
  const key = isFloat ? orderedKey(load<f32>(place(x, i))) : load<i32>(place(x, i));
  return (<u64>(<u32>(key ^ flip) ^ 0x80000000) << 32) | <u64>i;
}

/** The k smallest entries of x, in order: a heap of the best so far, whose first is the worst, then heap sort. */
@inline function sortRow(isFloat: bool, values: usize, indices: usize, x: usize, n: i32, k: i32, flip: i32): void {
  for (let i = 0; i < k; i++) setEntry(values, indices, i, keyedEntry(isFloat, x, i, flip));
  for (let i = (k >> 1) - 1; i >= 0; i--) siftDown(values, indices, i, k, entry(values, indices, i));
  let worst = entry(values, indices, 0);
  for (let i = k; i < n; i++) {
    const candidate = keyedEntry(isFloat, x, i, flip);
    if (candidate >= worst) continue;
    siftDown(values, indices, 0, k, candidate);
    worst = entry(values, indices, 0);
  }
  for (let size = k - 1; size > 0; size--) {
    const largest = entry(values, indices, 0), last = entry(values, indices, size);
    siftDown(values, indices, 0, size, last);
    setEntry(values, indices, size, largest);
  }
  for (let i = 0; i < k; i++) store<i32>(place(values, i), load<i32>(place(x, load<i32>(place(indices, i)))));
}

@unmanaged class Sort {
  values: usize;
  indices: usize;
  x: usize;
  n: i32;
  k: i32;
  flip: i32; // −1 for descending order, else 0
  answer: Answer;
}

@inline function sortRows(isFloat: bool, args: Sort, begin: i32, end: i32): void {
  const n = args.n, k = args.k, flip = args.flip;
  if (isFloat && hasNaN(place(args.x, begin * n), (end - begin) * n)) args.answer = 1;
  for (let row = begin; row < end; row++) {
    const values = place(args.values, row * k), indices = place(args.indices, row * k);
    sortRow(isFloat, values, indices, place(args.x, row * n), n, k, flip);
  }
}

/** Items are rows. Returns 1 where it meets NaN. */
export function sortFloat(args: Sort, begin: i32, end: i32): void {
  sortRows(true, args, begin, end);
}
export function sortInt(args: Sort, begin: i32, end: i32): void {
  sortRows(false, args, begin, end);
}
