/**
 * @file Vectors of which only some lanes count. Ends of rows go through the same vector code as their middle, with
 * parts of vectors loaded and stored, so that an element's value never depends on where it lies.
 */

const MASKS: usize = memory.data<u32>([
  0xffffffff, 0, 0, 0, 0xffffffff, 0xffffffff, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0,
  0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
], 16);

/** All bits set in the first `count` lanes, 1 ≤ count ≤ 4. */
@inline export function laneMask(count: i32): v128 {
  return v128.load(MASKS + (<usize>(count - 1) << 4));
}

/** The first `count` (1 … 4) elements at `p`, zeros in the other lanes; reads nothing beyond. */
export function loadPart(p: usize, count: i32): v128 {
  if (count >= 4) return v128.load(p);
  if (count == 1) return v128.load32_zero(p);
  const two = v128.load64_zero(p);
  return count == 2 ? two : v128.load32_lane(p + 8, two, 2);
}

/** Four elements at `p`, or the first `count` where fewer are left. */
@inline export function load4(p: usize, count: i32): v128 {
  return count >= 4 ? v128.load(p) : loadPart(p, count);
}

/** Stores four lanes, or the first `count` where fewer are left. */
@inline export function store4(p: usize, v: v128, count: i32): void {
  if (count >= 4) v128.store(p, v);
  else storePart(p, v, count);
}

/** As `loadPart`, with the lanes of `rest` beyond `count`. */
@inline export function loadPartOr(p: usize, count: i32, rest: v128): v128 {
  return count >= 4 ? v128.load(p) : v128.bitselect(loadPart(p, count), rest, laneMask(count));
}

/** All bits set where x comes to replace `best` as the largest so far: it is larger, or the first NaN. */
@inline export function isLargest(x: v128, best: v128): v128 {
  return v128.or(f32x4.gt(x, best), v128.and(f32x4.ne(x, x), f32x4.eq(best, best)));
}

/** Stores the first `count` (1 … 4) lanes; writes nothing beyond. */
export function storePart(p: usize, v: v128, count: i32): void {
  if (count >= 4) return v128.store(p, v);
  if (count == 1) return v128.store32_lane(p, v, 0);
  v128.store64_lane(p, v, 0);
  if (count == 3) v128.store32_lane(p + 8, v, 2);
}

/** Four elements `stride` bytes apart. */
@inline export function gather4(p: usize, stride: usize): v128 {
  let v = v128.load32_zero(p);
  v = v128.load32_lane(p + stride, v, 1);
  v = v128.load32_lane(p + 2 * stride, v, 2);
  return v128.load32_lane(p + 3 * stride, v, 3);
}

/** Four elements `stride` bytes apart; every second one, as in most pooling, in two loads. */
@inline export function spaced4(p: usize, stride: usize): v128 {
  if (stride == 4) return v128.load(p);
  if (stride == 8) return v128.shuffle<i32>(v128.load(p), v128.load(p, 12), 0, 2, 5, 7);
  return gather4(p, stride);
}

/** The first `count` (1 … 4) of elements `stride` bytes apart. */
export function gatherPart(p: usize, stride: usize, count: i32): v128 {
  let v = v128.load32_zero(p);
  if (count > 1) v = v128.load32_lane(p + stride, v, 1);
  if (count > 2) v = v128.load32_lane(p + 2 * stride, v, 2);
  return count > 3 ? v128.load32_lane(p + 3 * stride, v, 3) : v;
}

/** Elements from which a bulk fill, which is a call out of WebAssembly, beats a loop. */
const LONG_FILL: i32 = 512;

/** Zeros in the `count` elements at `p`. */
export function clearElements(p: usize, count: i32): void {
  if (count >= LONG_FILL) {
    memory.fill(p, 0, <usize>count << 2);
    return;
  }
  const zero = f32x4.splat(0);
  for (; count >= 4; count -= 4, p += 16) v128.store(p, zero);
  if (count > 0) storePart(p, zero, count);
}
