import { Answer, place } from "./arguments";
import { loadPart } from "./lanes";

@unmanaged class FindNotFinite {
  x: usize;
  count: i32;
  answer: Answer;
}

/** Elements that one item of `findNotFinite` looks at. */
const BLOCK: i32 = 16384;

/** Returns 1 where a value is infinite or not a number. Items are blocks. */
export function findNotFinite(args: FindNotFinite, begin: i32, end: i32): void {
  let x = place(args.x, begin * BLOCK), left = min(end * BLOCK, args.count) - begin * BLOCK;
  const zero = f32x4.splat(0);
  let a = zero, b = zero;
  for (; left >= 8; left -= 8, x += 32) {
    a = f32x4.add(a, f32x4.mul(v128.load(x), zero));
    b = f32x4.add(b, f32x4.mul(v128.load(x, 16), zero));
  }
  for (; left > 0; left -= 4, x += 16) a = f32x4.add(a, f32x4.mul(loadPart(x, left), zero));
  a = f32x4.add(a, b);
  if (v128.any_true(f32x4.ne(a, a))) args.answer = 1;
}
