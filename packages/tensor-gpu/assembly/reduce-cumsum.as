/** @file Prefix sums along the middle axis of x [outer, n, inner]. */
import { Flag, place } from "./arguments";

@unmanaged class Cumsum {
  out: usize;
  x: usize;
  n: i32;
  inner: i32;
  isReverse: Flag;
}

@inline function cumsum<T, Sum>(args: Cumsum, begin: i32, end: i32): void {
  const n = args.n, inner = args.inner, isReverse = args.isReverse;
  const step: usize = (isReverse ? -inner : inner) << 2;
  for (let item = begin; item < end; item++) {
    const outer = item / inner;
    const first = (outer * n + (isReverse ? n - 1 : 0)) * inner + (item - outer * inner);
    let out = place(args.out, first), x = place(args.x, first), total: Sum = 0;
    for (let i = 0; i < n; i++, out += step, x += step) {
      total += <Sum>load<T>(x);
      store<T>(out, <T>total);
    }
  }
}

/** Items are lines along the middle axis; floats are added in double precision. */
export function cumsumFloat(args: Cumsum, begin: i32, end: i32): void {
  cumsum<f32, f64>(args, begin, end);
}
export function cumsumInt(args: Cumsum, begin: i32, end: i32): void {
  cumsum<i32, i32>(args, begin, end);
}
