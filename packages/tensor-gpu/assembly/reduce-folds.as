/** @file What a reduction does with four lanes. */
import { madd } from "./math";

export const enum Op {
  sum, sumSquares, max, min, prod, sumInt, maxInt, minInt, prodInt,
}

@inline export function identity(op: Op): v128 {
  if (op == Op.max) return f32x4.splat(-Infinity);
  if (op == Op.min) return f32x4.splat(Infinity);
  if (op == Op.prod) return f32x4.splat(1);
  if (op == Op.maxInt) return i32x4.splat(i32.MIN_VALUE);
  if (op == Op.minInt) return i32x4.splat(i32.MAX_VALUE);
  return op == Op.prodInt ? i32x4.splat(1) : i32x4.splat(0);
}

/** One more element in each lane. */
@inline export function fold4(op: Op, total: v128, x: v128): v128 {
  if (op == Op.sum) return f32x4.add(total, x);
  if (op == Op.sumSquares) return madd(x, x, total);
  if (op == Op.max) return f32x4.max(total, x);
  if (op == Op.min) return f32x4.min(total, x);
  if (op == Op.prod) return f32x4.mul(total, x);
  if (op == Op.sumInt) return i32x4.add(total, x);
  if (op == Op.maxInt) return i32x4.max_s(total, x);
  if (op == Op.minInt) return i32x4.min_s(total, x);
  return i32x4.mul(total, x);
}

/** Fold of the four lanes, in lane 0. */
@inline export function foldLanes(op: Op, v: v128): v128 {
  const join = op == Op.sumSquares ? Op.sum : op;
  const pairs = fold4(join, v, v128.shuffle<i64>(v, v, 1, 0));
  return fold4(join, pairs, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2));
}
