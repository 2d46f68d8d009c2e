/** @file y = f(x): one kernel per operator, all of them over the same loop. Items are elements. */
import { place } from "./arguments";
import {
  Constant, constant, cos4, expm1_4, gelu4, geluTanh4, log1p4, pow4, sign4, silu4, sin4, softplus4,
} from "./curves";
import { loadPart, storePart } from "./lanes";
import { erf4, exp4, log4, sigmoid4, tanh4 } from "./math";
import { scratchArea } from "./scratch";

const enum Op {
  neg, abs, sign, exp, expm1, log, log1p, sqrt, rsqrt, reciprocal, square, sin, cos, tanh, sigmoid, logSigmoid,
  softplus, relu, leakyRelu, elu, gelu, geluTanh, silu, erf, powScalar, floor, ceil, round,
  negInt, absInt, signInt, squareInt,
}

@inline function apply(op: Op, x: v128, parameter: v128): v128 {
  if (op == Op.neg) return f32x4.neg(x);
  if (op == Op.abs) return f32x4.abs(x);
  if (op == Op.sign) return sign4(x);
  if (op == Op.exp) return exp4(x);
  if (op == Op.expm1) return expm1_4(x);
  if (op == Op.log) return log4(x);
  if (op == Op.log1p) return log1p4(x);
  if (op == Op.sqrt) return f32x4.sqrt(x);
  if (op == Op.rsqrt) return f32x4.div(constant(Constant.one), f32x4.sqrt(x));
  if (op == Op.reciprocal) return f32x4.div(constant(Constant.one), x);
  if (op == Op.square) return f32x4.mul(x, x);
  if (op == Op.sin) return sin4(x);
  if (op == Op.cos) return cos4(x);
  if (op == Op.tanh) return tanh4(x);
  if (op == Op.sigmoid) return sigmoid4(x);
  if (op == Op.logSigmoid) return f32x4.neg(softplus4(f32x4.neg(x)));
  if (op == Op.softplus) return softplus4(x);
  if (op == Op.relu) return f32x4.pmax(x, f32x4.splat(0));
  if (op == Op.leakyRelu) return v128.bitselect(x, f32x4.mul(x, parameter), f32x4.gt(x, f32x4.splat(0)));
  if (op == Op.elu) return v128.bitselect(x, f32x4.mul(expm1_4(x), parameter), f32x4.gt(x, f32x4.splat(0)));
  if (op == Op.gelu) return gelu4(x);
  if (op == Op.geluTanh) return geluTanh4(x);
  if (op == Op.silu) return silu4(x);
  if (op == Op.erf) return erf4(x);
  if (op == Op.powScalar) return pow4(x, parameter);
  if (op == Op.floor) return f32x4.floor(x);
  if (op == Op.ceil) return f32x4.ceil(x);
  if (op == Op.round) return f32x4.nearest(x);
  if (op == Op.negInt) return i32x4.neg(x);
  if (op == Op.absInt) return i32x4.abs(x);
  if (op == Op.signInt) return i32x4.sub(i32x4.shr_u(i32x4.neg(x), 31), i32x4.shr_u(x, 31));
  return i32x4.mul(x, x);
}

@unmanaged class Unary {
  out: usize;
  x: usize;
  parameter: f32;
}

/**
 * Whole vectors first; then the last one to three elements go through the same loop by way of the work area, so that
 * the code of `apply` stands in each kernel once.
 */
@inline function map(op: Op, args: Unary, begin: i32, end: i32): void {
  const parameter = f32x4.splat(args.parameter), rest = (end - begin) & 3;
  let out = place(args.out, begin), x = place(args.x, begin), stop = place(x, end - begin - rest);
  let restOut: usize = 0;
  for (;;) {
    for (; x < stop; x += 16, out += 16) v128.store(out, apply(op, v128.load(x), parameter));
    if (rest == 0 || restOut != 0) break;
    restOut = out;
    out = scratchArea();
    v128.store(out, loadPart(x, rest));
    x = out;
    stop = x + 16;
  }
  if (rest != 0) storePart(restOut, v128.load(scratchArea()), rest);
}

export function unaryNeg(args: Unary, begin: i32, end: i32): void {
  map(Op.neg, args, begin, end);
}
export function unaryAbs(args: Unary, begin: i32, end: i32): void {
  map(Op.abs, args, begin, end);
}
export function unarySign(args: Unary, begin: i32, end: i32): void {
  map(Op.sign, args, begin, end);
}
export function unaryExp(args: Unary, begin: i32, end: i32): void {
  map(Op.exp, args, begin, end);
}
export function unaryExpm1(args: Unary, begin: i32, end: i32): void {
  map(Op.expm1, args, begin, end);
}
export function unaryLog(args: Unary, begin: i32, end: i32): void {
  map(Op.log, args, begin, end);
}
export function unaryLog1p(args: Unary, begin: i32, end: i32): void {
  map(Op.log1p, args, begin, end);
}
export function unarySqrt(args: Unary, begin: i32, end: i32): void {
  map(Op.sqrt, args, begin, end);
}
export function unaryRsqrt(args: Unary, begin: i32, end: i32): void {
  map(Op.rsqrt, args, begin, end);
}
export function unaryReciprocal(args: Unary, begin: i32, end: i32): void {
  map(Op.reciprocal, args, begin, end);
}
export function unarySquare(args: Unary, begin: i32, end: i32): void {
  map(Op.square, args, begin, end);
}
export function unarySin(args: Unary, begin: i32, end: i32): void {
  map(Op.sin, args, begin, end);
}
export function unaryCos(args: Unary, begin: i32, end: i32): void {
  map(Op.cos, args, begin, end);
}
export function unaryTanh(args: Unary, begin: i32, end: i32): void {
  map(Op.tanh, args, begin, end);
}
export function unarySigmoid(args: Unary, begin: i32, end: i32): void {
  map(Op.sigmoid, args, begin, end);
}
export function unaryLogSigmoid(args: Unary, begin: i32, end: i32): void {
  map(Op.logSigmoid, args, begin, end);
}
export function unarySoftplus(args: Unary, begin: i32, end: i32): void {
  map(Op.softplus, args, begin, end);
}
export function unaryRelu(args: Unary, begin: i32, end: i32): void {
  map(Op.relu, args, begin, end);
}
export function unaryLeakyRelu(args: Unary, begin: i32, end: i32): void {
  map(Op.leakyRelu, args, begin, end);
}
export function unaryElu(args: Unary, begin: i32, end: i32): void {
  map(Op.elu, args, begin, end);
}
export function unaryGelu(args: Unary, begin: i32, end: i32): void {
  map(Op.gelu, args, begin, end);
}
export function unaryGeluTanh(args: Unary, begin: i32, end: i32): void {
  map(Op.geluTanh, args, begin, end);
}
export function unarySilu(args: Unary, begin: i32, end: i32): void {
  map(Op.silu, args, begin, end);
}
export function unaryErf(args: Unary, begin: i32, end: i32): void {
  map(Op.erf, args, begin, end);
}
export function unaryPowScalar(args: Unary, begin: i32, end: i32): void {
  map(Op.powScalar, args, begin, end);
}
export function unaryFloor(args: Unary, begin: i32, end: i32): void {
  map(Op.floor, args, begin, end);
}
export function unaryCeil(args: Unary, begin: i32, end: i32): void {
  map(Op.ceil, args, begin, end);
}
export function unaryRound(args: Unary, begin: i32, end: i32): void {
  map(Op.round, args, begin, end);
}
export function unaryNegInt(args: Unary, begin: i32, end: i32): void {
  map(Op.negInt, args, begin, end);
}
export function unaryAbsInt(args: Unary, begin: i32, end: i32): void {
  map(Op.absInt, args, begin, end);
}
export function unarySignInt(args: Unary, begin: i32, end: i32): void {
  map(Op.signInt, args, begin, end);
}
export function unarySquareInt(args: Unary, begin: i32, end: i32): void {
  map(Op.squareInt, args, begin, end);
}
