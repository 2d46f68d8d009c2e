/** @file Gives tensors their PyTorch methods: each is the operator of the same name with the tensor as first operand. */
import { backward } from "./autograd/backward";
import { Module } from "./nn/module";
import * as binary from "./ops/binary";
import { cumprod } from "./ops/cumprod";
import * as inPlace from "./ops/in-place";
import * as indexing from "./ops/indexing";
import * as joins from "./ops/joins";
import * as matrix from "./ops/matmul";
import * as reductions from "./ops/reduce";
import * as shapes from "./ops/shape-ops";
import * as softmaxes from "./ops/softmax";
import * as sorts from "./ops/sort";
import type { Operand } from "./ops/support";
import * as conversion from "./ops/to";
import * as unary from "./ops/unary";
import { print, showInConsoles, toArray, toText } from "./print/look";
import * as random from "./random";
import { Tensor } from "./tensor/tensor";

const operators = {
  neg: unary.neg,
  abs: unary.abs,
  sign: unary.sign,
  exp: unary.exp,
  expm1: unary.expm1,
  log: unary.log,
  log1p: unary.log1p,
  sqrt: unary.sqrt,
  rsqrt: unary.rsqrt,
  reciprocal: unary.reciprocal,
  square: unary.square,
  sin: unary.sin,
  cos: unary.cos,
  tanh: unary.tanh,
  sigmoid: unary.sigmoid,
  logSigmoid: unary.logSigmoid,
  softplus: unary.softplus,
  relu: unary.relu,
  leakyRelu: unary.leakyRelu,
  elu: unary.elu,
  gelu: unary.gelu,
  silu: unary.silu,
  erf: unary.erf,
  floor: unary.floor,
  ceil: unary.ceil,
  round: unary.round,
  add: binary.add,
  sub: binary.sub,
  mul: binary.mul,
  div: binary.div,
  pow: binary.pow,
  maximum: binary.maximum,
  minimum: binary.minimum,
  remainder: binary.remainder,
  eq: binary.eq,
  ne: binary.ne,
  lt: binary.lt,
  le: binary.le,
  gt: binary.gt,
  ge: binary.ge,
  logicalNot: binary.logicalNot,
  logicalAnd: binary.logicalAnd,
  logicalOr: binary.logicalOr,
  maskedFill: binary.maskedFill,
  clamp: binary.clamp,
  sum: reductions.sum,
  mean: reductions.mean,
  amax: reductions.amax,
  amin: reductions.amin,
  prod: reductions.prod,
  argmax: reductions.argmax,
  argmin: reductions.argmin,
  variance: reductions.variance,
  std: reductions.std,
  norm: reductions.norm,
  cumsum: reductions.cumsum,
  cumprod,
  logSumExp: reductions.logSumExp,
  softmax: softmaxes.softmax,
  logSoftmax: softmaxes.logSoftmax,
  matmul: matrix.matmul,
  contiguous: shapes.contiguous,
  clone: shapes.clone,
  reshape: shapes.reshape,
  flatten: shapes.flatten,
  permute: shapes.permute,
  transpose: shapes.transpose,
  unsqueeze: shapes.unsqueeze,
  squeeze: shapes.squeeze,
  expand: shapes.expand,
  narrow: shapes.narrow,
  select: shapes.select,
  split: shapes.split,
  chunk: shapes.chunk,
  pad: joins.pad,
  repeatInterleave: shapes.repeatInterleave,
  gather: indexing.gather,
  scatterAdd: indexing.scatterAdd,
  indexSelect: indexing.indexSelect,
  topk: sorts.topk,
  sort: sorts.sort,
  to: conversion.to,
  fill_: inPlace.fill_,
  copy_: inPlace.copy_,
  normal_: random.normal_,
  uniform_: random.uniform_,
  backward,
  toString: toText,
  toArray,
  toJSON: toArray,
  print,
};

type Operators = typeof operators;
type Bound<F> = F extends (x: Tensor, ...rest: infer R) => infer T ? (...rest: R) => T : never;

/** The operators as methods, and `where` with the tensor as the first choice. */
type TensorMethods = { [Name in keyof Operators]: Bound<Operators[Name]> } & {
  /** This tensor where the condition holds, `other` elsewhere. */
  where(condition: Tensor, other: Operand): Tensor;
};

declare module "./tensor/tensor" {
  interface Tensor extends TensorMethods {}
}

for (const [name, operator] of Object.entries(operators)) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return (operator as (...all: unknown[]) => unknown)(this, ...rest);
    },
  });
}
Object.defineProperty(Tensor.prototype, "where", {
  value(this: Tensor, condition: Tensor, other: Operand) {
    return binary.where(condition, this, other);
  },
});
for (const type of [Tensor, Module]) showInConsoles(type);
