/** @file Formulas of the unary operators: `value` from v0 = x, and for derivatives v0 = dy, v1 = x, v2 = f(x). */
import type { UnaryOp } from "../../backend/kernels";

const set = (expression: string) => `value = ${expression};`;

/** The sign bit of v0 turned, which changes no other bit. */
const FLIPPED = "bitcast<f32>(bitcast<u32>(v0) ^ 0x80000000u)";

/** f(x); `a.parameter` is the operator's parameter. */
export const UNARY_BODIES: Record<UnaryOp, string> = {
  neg: set(FLIPPED),
  abs: set("bitcast<f32>(bitcast<u32>(v0) & 0x7fffffffu)"),
  sign: "value = v0;\n  if (!isNan(v0)) { if (v0 > 0.0) { value = 1.0; } if (v0 < 0.0) { value = -1.0; } }",
  exp: set("expOf(v0)"),
  expm1: set("expMinus1(v0)"),
  log: set("logOf(v0)"),
  log1p: set("logOnePlus(v0)"),
  sqrt: set("rootOf(v0)"),
  rsqrt: set("1.0 / rootOf(v0)"),
  reciprocal: set("1.0 / v0"),
  square: set("v0 * v0"),
  sin: set("sinOf(v0)"),
  cos: set("cosOf(v0)"),
  tanh: set("tanhOf(v0)"),
  sigmoid: set("sigmoidOf(v0)"),
  logSigmoid: set("-softplusOf(-v0)"),
  softplus: set("softplusOf(v0)"),
  relu: "value = v0;\n  if (v0 < 0.0 && !isNan(v0)) { value = 0.0; }",
  leakyRelu: "value = a.parameter * v0;\n  if (v0 > 0.0 && !isNan(v0)) { value = v0; }",
  elu: "value = v0;\n  if (v0 <= 0.0 && !isNan(v0)) { value = a.parameter * expMinus1(v0); }",
  gelu: set("gated(v0, normalCdf(v0))"),
  geluTanh: set("gated(v0, (1.0 + tanhOf(geluInner(v0))) * 0.5)"),
  silu: set("siluOf(v0)"),
  erf: set("erfOf(v0)"),
  powScalar: set("powOf(v0, a.parameter)"),
  floor: "value = v0;\n  if (isFinite(v0)) { value = floor(v0); }",
  ceil: "value = v0;\n  if (isFinite(v0)) { value = ceil(v0); }",
  round: "value = v0;\n  if (isFinite(v0)) { value = round(v0); }", // half to even
};

/** The same for int32. */
export const INTEGER_BODIES: Partial<Record<UnaryOp, string>> = {
  neg: set("-v0"),
  abs: set("abs(v0)"),
  sign: set("sign(v0)"),
  square: set("v0 * v0"),
};

const times = (slope: string) => `value = v0 * (${slope});`;

/** dy·f′(x). At corners as in PyTorch: 0 for abs and relu, the left slope for leakyRelu and elu. */
export const UNARY_SLOPES: Record<UnaryOp, string> = {
  neg: set(FLIPPED),
  abs: `value = zeroTimes(v0) + zeroTimes(v1);
  if (!isNan(v1)) { if (v1 > 0.0) { value = v0; } if (v1 < 0.0) { value = -v0; } }`,
  sign: "",
  exp: times("v2"),
  expm1: times("expOf(v1)"),
  log: times("1.0 / v1"),
  log1p: times("1.0 / (1.0 + v1)"),
  sqrt: times("0.5 / v2"),
  rsqrt: times("-0.5 * v2 * v2 * v2"),
  reciprocal: times("-v2 * v2"),
  square: times("2.0 * v1"),
  sin: times("cosOf(v1)"),
  cos: times("-sinOf(v1)"),
  tanh: times("1.0 - v2 * v2"),
  sigmoid: times("v2 * (1.0 - v2)"),
  logSigmoid: times("sigmoidOf(-v1)"),
  softplus: times("sigmoidOf(v1)"),
  relu: "value = zeroTimes(v0);\n  if (v1 > 0.0 && !isNan(v1)) { value = v0; }",
  leakyRelu: "value = v0 * a.parameter;\n  if (v1 > 0.0 && !isNan(v1)) { value = v0; }",
  elu: "value = v0 * a.parameter * expOf(v1);\n  if (v1 > 0.0 && !isNan(v1)) { value = v0; }",
  gelu: times("normalCdf(v1) + bounded(v1) * expOf(-v1 * v1 * 0.5) * 0.3989422804014327"),
  geluTanh: `let z = bounded(v1);
  let t = tanhOf(geluInner(z));
  let slope = 0.7978845608028654 * (1.0 + 0.134145 * z * z);
  value = v0 * (0.5 * (1.0 + t) + 0.5 * z * (1.0 - t * t) * slope);`,
  silu: times("siluSlope(v1)"),
  erf: times("1.1283791670955126 * expOf(-v1 * v1)"),
  powScalar: `if (a.parameter != 0.0) { value = v0 * a.parameter * powOf(v1, a.parameter - 1.0); }`,
  floor: "",
  ceil: "",
  round: "",
};
