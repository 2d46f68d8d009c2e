import { madd } from "./math";

@unmanaged class Peak {
  buffer: usize; // three vectors: two factors, then the sum
}

/**
 * Multiply-adds at the machine's full rate for 128-bit vectors, nothing else: the ceiling that the benchmarks compare
 * with. An item is 1000 rounds of twelve independent multiply-adds, 96,000 floating-point operations.
 */
export function peak(args: Peak, begin: i32, end: i32): void {
  const x = v128.load(args.buffer);
  const y = v128.load(args.buffer, 16);
  let c0 = f32x4.splat(0);
  let c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0;
  for (let n = (end - begin) * 1000; n > 0; n--) {
    c0 = madd(x, y, c0); c1 = madd(x, y, c1); c2 = madd(x, y, c2); c3 = madd(x, y, c3);
    c4 = madd(x, y, c4); c5 = madd(x, y, c5); c6 = madd(x, y, c6); c7 = madd(x, y, c7);
    c8 = madd(x, y, c8); c9 = madd(x, y, c9); c10 = madd(x, y, c10); c11 = madd(x, y, c11);
  }
  const a = f32x4.add(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)));
  v128.store(args.buffer, f32x4.add(a, f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11))), 32);
}
