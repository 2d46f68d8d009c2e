/** @file out = f(a, b) with broadcasting by strides. Items are elements of the contiguous output. Comparisons give 0 or 1. */
import { Ints, place } from "./arguments";
import { pow4 } from "./curves";
import { integerDivide4, integerPower4, integerRemainder4, remainder4 } from "./integers";
import { gatherPart, loadPart, storePart } from "./lanes";
import { madd } from "./math";
import { rowOffset } from "./walk";

const enum Op {
  add, sub, mul, div, pow, maximum, minimum, remainder, eq, ne, lt, le,
  addInt, subInt, mulInt, divInt, powInt, maximumInt, minimumInt, remainderInt, eqInt, neInt, ltInt, leInt,
}

@inline function apply(op: Op, a: v128, b: v128): v128 {
  if (op == Op.add) return f32x4.add(a, b);
  if (op == Op.sub) return f32x4.sub(a, b);
  if (op == Op.mul) return f32x4.mul(a, b);
  if (op == Op.div) return f32x4.div(a, b);
  if (op == Op.pow) return pow4(a, b);
  if (op == Op.maximum) return f32x4.max(a, b);
  if (op == Op.minimum) return f32x4.min(a, b);
  if (op == Op.remainder) return remainder4(a, b);
  if (op == Op.eq) return i32x4.shr_u(f32x4.eq(a, b), 31);
  if (op == Op.ne) return i32x4.shr_u(f32x4.ne(a, b), 31);
  if (op == Op.lt) return i32x4.shr_u(f32x4.lt(a, b), 31);
  if (op == Op.le) return i32x4.shr_u(f32x4.le(a, b), 31);
  if (op == Op.addInt) return i32x4.add(a, b);
  if (op == Op.subInt) return i32x4.sub(a, b);
  if (op == Op.mulInt) return i32x4.mul(a, b);
  if (op == Op.divInt) return integerDivide4(a, b);
  if (op == Op.powInt) return integerPower4(a, b);
  if (op == Op.maximumInt) return i32x4.max_s(a, b);
  if (op == Op.minimumInt) return i32x4.min_s(a, b);
  if (op == Op.remainderInt) return integerRemainder4(a, b);
  if (op == Op.eqInt) return i32x4.shr_u(i32x4.eq(a, b), 31);
  if (op == Op.neInt) return i32x4.shr_u(i32x4.ne(a, b), 31);
  if (op == Op.ltInt) return i32x4.shr_u(i32x4.lt_s(a, b), 31);
  return i32x4.shr_u(i32x4.le_s(a, b), 31);
}

/** `count` elements; an operand advances by `step` bytes per element, and steps of 4 and 0 are the fast ones. */
@inline function line(op: Op, out: usize, a: usize, b: usize, count: i32, stepA: usize, stepB: usize): void {
  if (stepA == 4 && stepB == 4) {
    for (; count >= 4; count -= 4, out += 16, a += 16, b += 16) {
      v128.store(out, apply(op, v128.load(a), v128.load(b)));
    }
  } else if (stepA == 4 && stepB == 0) {
    const fixed = v128.load32_splat(b);
    for (; count >= 4; count -= 4, out += 16, a += 16) v128.store(out, apply(op, v128.load(a), fixed));
  } else if (stepA == 0 && stepB == 4) {
    const fixed = v128.load32_splat(a);
    for (; count >= 4; count -= 4, out += 16, b += 16) v128.store(out, apply(op, fixed, v128.load(b)));
  }
  for (; count > 0; count -= 4, out += 16, a += stepA << 2, b += stepB << 2) {
    storePart(out, apply(op, gatherPart(a, stepA, count), gatherPart(b, stepB, count)), count);
  }
}

@unmanaged class Binary {
  out: usize;
  a: usize;
  b: usize;
  n: i32;
  stepA: i32;
  stepB: i32;
  axes: Ints;
}

@inline function map(op: Op, args: Binary, begin: i32, end: i32): void {
  const n = args.n;
  const stepA = args.stepA, stepB = args.stepB;
  const axes = changetype<usize>(args) + offsetof<Binary>("axes");
  // One outer axis is the common case (a bias, say): there a row's offset is a product.
  const isFlat = load<i32>(axes) == 1;
  const rowA = isFlat ? load<i32>(axes, 8) : 0, rowB = isFlat ? load<i32>(axes, 12) : 0;
  let out = place(args.out, begin);
  let row = begin / n, column = begin - row * n;
  for (let left = end - begin; left > 0; row++) {
    const count = min(n - column, left);
    const a = args.a + (isFlat ? <usize>(row * rowA) : rowOffset(axes, 0, row)) + <usize>(column * stepA);
    const b = args.b + (isFlat ? <usize>(row * rowB) : rowOffset(axes, 1, row)) + <usize>(column * stepB);
    line(op, out, a, b, count, stepA, stepB);
    out += <usize>count << 2;
    left -= count;
    column = 0;
  }
}

export function binaryAdd(args: Binary, begin: i32, end: i32): void {
  map(Op.add, args, begin, end);
}
export function binarySub(args: Binary, begin: i32, end: i32): void {
  map(Op.sub, args, begin, end);
}
export function binaryMul(args: Binary, begin: i32, end: i32): void {
  map(Op.mul, args, begin, end);
}
export function binaryDiv(args: Binary, begin: i32, end: i32): void {
  map(Op.div, args, begin, end);
}
export function binaryPow(args: Binary, begin: i32, end: i32): void {
  map(Op.pow, args, begin, end);
}
export function binaryMaximum(args: Binary, begin: i32, end: i32): void {
  map(Op.maximum, args, begin, end);
}
export function binaryMinimum(args: Binary, begin: i32, end: i32): void {
  map(Op.minimum, args, begin, end);
}
export function binaryRemainder(args: Binary, begin: i32, end: i32): void {
  map(Op.remainder, args, begin, end);
}
export function binaryEq(args: Binary, begin: i32, end: i32): void {
  map(Op.eq, args, begin, end);
}
export function binaryNe(args: Binary, begin: i32, end: i32): void {
  map(Op.ne, args, begin, end);
}
export function binaryLt(args: Binary, begin: i32, end: i32): void {
  map(Op.lt, args, begin, end);
}
export function binaryLe(args: Binary, begin: i32, end: i32): void {
  map(Op.le, args, begin, end);
}
export function binaryAddInt(args: Binary, begin: i32, end: i32): void {
  map(Op.addInt, args, begin, end);
}
export function binarySubInt(args: Binary, begin: i32, end: i32): void {
  map(Op.subInt, args, begin, end);
}
export function binaryMulInt(args: Binary, begin: i32, end: i32): void {
  map(Op.mulInt, args, begin, end);
}
export function binaryDivInt(args: Binary, begin: i32, end: i32): void {
  map(Op.divInt, args, begin, end);
}
export function binaryPowInt(args: Binary, begin: i32, end: i32): void {
  map(Op.powInt, args, begin, end);
}
export function binaryMaximumInt(args: Binary, begin: i32, end: i32): void {
  map(Op.maximumInt, args, begin, end);
}
export function binaryMinimumInt(args: Binary, begin: i32, end: i32): void {
  map(Op.minimumInt, args, begin, end);
}
export function binaryRemainderInt(args: Binary, begin: i32, end: i32): void {
  map(Op.remainderInt, args, begin, end);
}
export function binaryEqInt(args: Binary, begin: i32, end: i32): void {
  map(Op.eqInt, args, begin, end);
}
export function binaryNeInt(args: Binary, begin: i32, end: i32): void {
  map(Op.neInt, args, begin, end);
}
export function binaryLtInt(args: Binary, begin: i32, end: i32): void {
  map(Op.ltInt, args, begin, end);
}
export function binaryLeInt(args: Binary, begin: i32, end: i32): void {
  map(Op.leInt, args, begin, end);
}

@unmanaged class AddScaled {
  out: usize;
  x: usize;
  scale: f32;
}

/** out += scale·x. Items are elements. */
export function addScaled(args: AddScaled, begin: i32, end: i32): void {
  const scale = f32x4.splat(args.scale);
  let out = place(args.out, begin), x = place(args.x, begin), left = end - begin;
  for (; left >= 4; left -= 4, out += 16, x += 16) {
    v128.store(out, madd(v128.load(x), scale, v128.load(out)));
  }
  if (left > 0) storePart(out, madd(loadPart(x, left), scale, loadPart(out, left)), left);
}
