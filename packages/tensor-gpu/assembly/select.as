/** @file out = condition ≠ 0 ? a : b, broadcasting by strides; slots as in strided.ts, operands: condition, a, b. */
import { gatherPart, storePart } from "./lanes";
import { addressAt, intAt, place } from "./slots";
import { rowOffset, Slot } from "./strided";

/** Shift that drops a float's sign, so that −0 counts as zero: slot 40, 1 for float conditions and else 0. */
const SHIFT = 40;

@inline function pick(condition: v128, a: v128, b: v128, shift: i32): v128 {
  return v128.bitselect(b, a, i32x4.eq(i32x4.shl(condition, shift), i32x4.splat(0)));
}

function line(out: usize, c: usize, a: usize, b: usize, count: i32, args: usize): void {
  const stepC = intAt(args, Slot.stride), stepA = intAt(args, Slot.stride + 1), stepB = intAt(args, Slot.stride + 2);
  const shift = intAt(args, SHIFT);
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

export function where(args: usize, begin: i32, end: i32): void {
  const n = intAt(args, Slot.n);
  let out = place(addressAt(args, 0), begin);
  let row = begin / n, column = begin - row * n;
  for (let left = end - begin; left > 0; row++) {
    const count = min(n - column, left);
    line(
      out,
      addressAt(args, 1) + rowOffset(args, 0, row) + <usize>(column * intAt(args, Slot.stride)),
      addressAt(args, 2) + rowOffset(args, 1, row) + <usize>(column * intAt(args, Slot.stride + 1)),
      addressAt(args, 3) + rowOffset(args, 2, row) + <usize>(column * intAt(args, Slot.stride + 2)),
      count, args,
    );
    out += <usize>count << 2;
    left -= count;
    column = 0;
  }
}
