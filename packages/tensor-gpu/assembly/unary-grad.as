/** @file dx = dy · f′(x): one kernel per operator. Items are elements. */
import { place } from "./arguments";
import {
  Constant, constant, cos4, erfSlope4, geluSlope4, geluTanhSlope4, pow4, sign4, siluSlope4, sin4,
} from "./curves";
import { loadPart, storePart } from "./lanes";
import { exp4, sigmoid4 } from "./math";
import { scratchArea } from "./scratch";

const enum Op {
  neg, abs, exp, expm1, log, log1p, sqrt, rsqrt, reciprocal, square, sin, cos, tanh, sigmoid, logSigmoid,
  softplus, relu, leakyRelu, elu, gelu, geluTanh, silu, erf, powScalar,
}

/** Factors that need x alone. */
@inline function slope(op: Op, x: v128, parameter: v128): v128 {
  if (op == Op.abs) return sign4(x);
  if (op == Op.expm1) return exp4(x);
  if (op == Op.square) return f32x4.add(x, x);
  if (op == Op.sin) return cos4(x);
  if (op == Op.cos) return f32x4.neg(sin4(x));
  if (op == Op.logSigmoid) return sigmoid4(f32x4.neg(x));
  if (op == Op.softplus) return sigmoid4(x);
  if (op == Op.relu) return v128.and(constant(Constant.one), f32x4.gt(x, f32x4.splat(0)));
  if (op == Op.leakyRelu) return v128.bitselect(constant(Constant.one), parameter, f32x4.gt(x, f32x4.splat(0)));
  if (op == Op.elu) {
    return v128.bitselect(constant(Constant.one), f32x4.mul(exp4(x), parameter), f32x4.gt(x, f32x4.splat(0)));
  }
  if (op == Op.gelu) return geluSlope4(x);
  if (op == Op.geluTanh) return geluTanhSlope4(x);
  if (op == Op.silu) return siluSlope4(x);
  if (op == Op.erf) return erfSlope4(x);
  return f32x4.mul(parameter, pow4(x, f32x4.sub(parameter, constant(Constant.one))));
}

@inline function apply(op: Op, dy: v128, x: v128, y: v128, parameter: v128): v128 {
  const one = constant(Constant.one);
  if (op == Op.neg) return f32x4.neg(dy);
  if (op == Op.exp) return f32x4.mul(dy, y);
  if (op == Op.log) return f32x4.div(dy, x);
  if (op == Op.log1p) return f32x4.div(dy, f32x4.add(x, one));
  if (op == Op.sqrt) return f32x4.div(f32x4.mul(dy, constant(Constant.half)), y);
  if (op == Op.rsqrt) return f32x4.mul(f32x4.mul(dy, constant(Constant.minusHalf)), f32x4.mul(f32x4.mul(y, y), y));
  if (op == Op.reciprocal) return f32x4.neg(f32x4.mul(dy, f32x4.mul(y, y)));
  if (op == Op.tanh) return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
  if (op == Op.sigmoid) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  return f32x4.mul(dy, slope(op, x, parameter));
}

/** Whether f′ is taken from x, or else from y = f(x). */
@inline function needsX(op: Op): bool {
  return op != Op.neg && !needsY(op);
}

@inline function needsY(op: Op): bool {
  return op == Op.exp || op == Op.sqrt || op == Op.rsqrt || op == Op.reciprocal || op == Op.tanh || op == Op.sigmoid;
}

@unmanaged class UnaryGrad {
  dx: usize;
  dy: usize;
  x: usize;
  y: usize; // f(x)
  parameter: f32;
}

/** As in unary.as, the last one to three elements go through the loop by way of the work area. */
@inline function map(op: Op, args: UnaryGrad, begin: i32, end: i32): void {
  const parameter = f32x4.splat(args.parameter), rest = (end - begin) & 3;
  let dx = place(args.dx, begin), dy = place(args.dy, begin);
  let x = place(args.x, begin), y = place(args.y, begin), stop = place(x, end - begin - rest);
  let restOut: usize = 0;
  for (;;) {
    for (; x < stop; dx += 16, dy += 16, x += 16, y += 16) {
      const input = needsX(op) ? v128.load(x) : f32x4.splat(0), output = needsY(op) ? v128.load(y) : f32x4.splat(0);
      v128.store(dx, apply(op, v128.load(dy), input, output, parameter));
    }
    if (rest == 0 || restOut != 0) break;
    restOut = dx;
    dx = scratchArea();
    v128.store(dx, loadPart(dy, rest));
    v128.store(dx, loadPart(x, rest), 16);
    v128.store(dx, loadPart(y, rest), 32);
    dy = dx;
    x = dx + 16;
    y = dx + 32;
    stop = y;
  }
  if (rest != 0) storePart(restOut, v128.load(scratchArea()), rest);
}

export function gradNeg(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.neg, args, begin, end);
}
export function gradAbs(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.abs, args, begin, end);
}
export function gradExp(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.exp, args, begin, end);
}
export function gradExpm1(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.expm1, args, begin, end);
}
export function gradLog(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.log, args, begin, end);
}
export function gradLog1p(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.log1p, args, begin, end);
}
export function gradSqrt(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.sqrt, args, begin, end);
}
export function gradRsqrt(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.rsqrt, args, begin, end);
}
export function gradReciprocal(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.reciprocal, args, begin, end);
}
export function gradSquare(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.square, args, begin, end);
}
export function gradSin(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.sin, args, begin, end);
}
export function gradCos(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.cos, args, begin, end);
}
export function gradTanh(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.tanh, args, begin, end);
}
export function gradSigmoid(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.sigmoid, args, begin, end);
}
export function gradLogSigmoid(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.logSigmoid, args, begin, end);
}
export function gradSoftplus(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.softplus, args, begin, end);
}
export function gradRelu(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.relu, args, begin, end);
}
export function gradLeakyRelu(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.leakyRelu, args, begin, end);
}
export function gradElu(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.elu, args, begin, end);
}
export function gradGelu(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.gelu, args, begin, end);
}
export function gradGeluTanh(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.geluTanh, args, begin, end);
}
export function gradSilu(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.silu, args, begin, end);
}
export function gradErf(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.erf, args, begin, end);
}
export function gradPowScalar(args: UnaryGrad, begin: i32, end: i32): void {
  map(Op.powScalar, args, begin, end);
}
