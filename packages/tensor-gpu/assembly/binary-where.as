/** @file out = condition ≠ 0 ? a : b, broadcasting by strides. */
import { Ints, place } from "./arguments";
import { gatherPart, storePart } from "./lanes";
import { rowOffset } from "./walk";

@unmanaged class Where {
  out: usize;
  condition: usize;
  a: usize;
  b: usize;
  /** Drops a float's sign, so that −0 counts as zero: 1 for float conditions, else 0. */
  shift: i32;
  n: i32;
  stepCondition: i32;
  stepA: i32;
  stepB: i32;
  axes: Ints;
}

@inline function pick(condition: v128, a: v128, b: v128, shift: i32): v128 {
  return v128.bitselect(b, a, i32x4.eq(i32x4.shl(condition, shift), i32x4.splat(0)));
}

function line(out: usize, c: usize, a: usize, b: usize, count: i32, args: Where): void {
  const stepC = args.stepCondition, stepA = args.stepA, stepB = args.stepB;
  const shift = args.shift;
  if (stepC == 4 && stepA == 4 && stepB == 4) {
    for (; count >= 4; count -= 4, out += 16, c += 16, a += 16, b += 16) {
      v128.store(out, pick(v128.load(c), v128.load(a), v128.load(b), shift));
    }
  } else if (stepC == 4 && stepA == 4 && stepB == 0) {
    const fixed = v128.load32_splat(b);
    for (; count >= 4; count -= 4, out += 16, c += 16, a += 16) {
      v128.store(out, pick(v128.load(c), v128.load(a), fixed, shift));
    }
  } else if (stepC == 4 && stepA == 0 && stepB == 4) {
    const fixed = v128.load32_splat(a);
    for (; count >= 4; count -= 4, out += 16, c += 16, b += 16) {
      v128.store(out, pick(v128.load(c), fixed, v128.load(b), shift));
    }
  }
  for (; count > 0; count -= 4, out += 16, c += stepC << 2, a += stepA << 2, b += stepB << 2) {
    const chosen = pick(gatherPart(c, stepC, count), gatherPart(a, stepA, count), gatherPart(b, stepB, count), shift);
    storePart(out, chosen, count);
  }
}

export function where(args: Where, begin: i32, end: i32): void {
  const n = args.n, axes = changetype<usize>(args) + offsetof<Where>("axes");
  let out = place(args.out, begin);
  let row = begin / n, column = begin - row * n;
  for (let left = end - begin; left > 0; row++) {
    const count = min(n - column, left);
    line(
      out,
      args.condition + rowOffset(axes, 0, row) + <usize>(column * args.stepCondition),
      args.a + rowOffset(axes, 1, row) + <usize>(column * args.stepA),
      args.b + rowOffset(axes, 2, row) + <usize>(column * args.stepB),
      count, args,
    );
    out += <usize>count << 2;
    left -= count;
    column = 0;
  }
}
