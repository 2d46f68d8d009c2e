/**
 * @file Index of the largest element along the middle axis of x [outer, n, inner], the first of equals; NaN counts as
 * the largest. Returns 1 where it meets NaN. Items are elements of out.
 */
import { Answer, place } from "./arguments";
import { isLargest, loadPart, storePart } from "./lanes";

@unmanaged class ArgReduce {
  out: usize;
  x: usize;
  n: i32;
  inner: i32;
  /** Bits that turn a smallest element into a largest one: the sign bit for floats, all bits for integers, 0 for max. */
  flip: i32;
  answer: Answer;
}

@inline function isBetter4(isFloat: bool, x: v128, best: v128): v128 {
  return isFloat ? isLargest(x, best) : i32x4.gt_s(x, best);
}

@inline function larger(isFloat: bool, a: v128, b: v128): v128 {
  return isFloat ? f32x4.pmax(a, b) : i32x4.max_s(a, b);
}

/** All bits set where a lane equals the largest element, or is NaN if there is any NaN. */
@inline function isHit(isFloat: bool, x: v128, top: v128, hasNaN: bool): v128 {
  if (!isFloat) return i32x4.eq(x, top);
  return hasNaN ? f32x4.ne(x, x) : f32x4.eq(x, top);
}

/** Finds the largest element, then the first place where it stands. */
@inline function bestOfRow(isFloat: bool, args: ArgReduce, x: usize, n: i32, flip: v128): i32 {
  const first = v128.xor(v128.load32_splat(x), flip);
  let a = first, b = first, nan = f32x4.ne(first, first), p = x, left = n;
  for (; left >= 8; left -= 8, p += 32) {
    const u = v128.xor(v128.load(p), flip), v = v128.xor(v128.load(p, 16), flip);
    a = larger(isFloat, a, u);
    b = larger(isFloat, b, v);
    if (isFloat) nan = v128.or(nan, v128.or(f32x4.ne(u, u), f32x4.ne(v, v)));
  }
  for (; left > 0; left--, p += 4) {
    const u = v128.xor(v128.load32_splat(p), flip);
    a = larger(isFloat, a, u);
    if (isFloat) nan = v128.or(nan, f32x4.ne(u, u));
  }
  a = larger(isFloat, a, b);
  a = larger(isFloat, a, v128.shuffle<i64>(a, a, 1, 0));
  a = larger(isFloat, a, v128.shuffle<i32>(a, a, 1, 0, 3, 2));
  const hasNaN = isFloat && v128.any_true(nan);
  if (hasNaN) args.answer = 1;
  let i = 0;
  while (i + 4 <= n && !v128.any_true(isHit(isFloat, v128.xor(v128.load(place(x, i)), flip), a, hasNaN))) i += 4;
  while (!v128.any_true(isHit(isFloat, v128.xor(v128.load32_splat(place(x, i)), flip), a, hasNaN))) i++;
  return i;
}

@inline function argRows(isFloat: bool, args: ArgReduce, begin: i32, end: i32): void {
  const n = args.n, flip = i32x4.splat(args.flip);
  for (let row = begin; row < end; row++) {
    store<i32>(place(args.out, row), bestOfRow(isFloat, args, place(args.x, row * n), n, flip));
  }
}

@inline function argColumns(isFloat: bool, args: ArgReduce, begin: i32, end: i32): void {
  const n = args.n, inner = args.inner, flip = i32x4.splat(args.flip);
  const step = <usize>inner << 2;
  for (let item = begin; item < end;) {
    const outer = item / inner, column = item - outer * inner, count = min(min(inner - column, end - item), 4);
    let x = place(args.x, outer * n * inner + column);
    let best = v128.xor(loadPart(x, count), flip), indices = i32x4.splat(0);
    for (let i = 1; i < n; i++) {
      x += step;
      const value = v128.xor(loadPart(x, count), flip), better = isBetter4(isFloat, value, best);
      best = v128.bitselect(value, best, better);
      indices = v128.bitselect(i32x4.splat(i), indices, better);
    }
    if (isFloat && v128.any_true(f32x4.ne(best, best))) args.answer = 1;
    storePart(place(args.out, item), indices, count);
    item += count;
  }
}

export function argRowsFloat(args: ArgReduce, begin: i32, end: i32): void {
  argRows(true, args, begin, end);
}
export function argRowsInt(args: ArgReduce, begin: i32, end: i32): void {
  argRows(false, args, begin, end);
}
export function argColumnsFloat(args: ArgReduce, begin: i32, end: i32): void {
  argColumns(true, args, begin, end);
}
export function argColumnsInt(args: ArgReduce, begin: i32, end: i32): void {
  argColumns(false, args, begin, end);
}
