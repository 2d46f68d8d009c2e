/** @file Formulas of the unary operators: `value` from v0 = x, and for derivatives v0 = dy, v1 = x, v2 = f(x). */
import type { UnaryOp } from "../../backend/kernels";

const set = (expression: string) => `value = ${expression};`;

/** f(x); `parameter` is the operator's parameter. */
export const UNARY_BODIES: Record<UnaryOp, string> = {
  neg: set("-v0"),
  abs: set("Math.abs(v0)"),
  sign: "value = v0;\n    if (v0 > 0) { value = 1; }\n    if (v0 < 0) { value = -1; }",
  exp: set("expOf(v0)"),
  expm1: set("expMinus1(v0)"),
  log: set("logOf(v0)"),
  log1p: set("logOnePlus(v0)"),
  sqrt: set("Math.sqrt(v0)"),
  rsqrt: set("1 / Math.sqrt(v0)"),
  reciprocal: set("1 / v0"),
  square: set("v0 * v0"),
  sin: set("sinOf(v0)"),
  cos: set("cosOf(v0)"),
  tanh: set("tanhOf(v0)"),
  sigmoid: set("sigmoidOf(v0)"),
  logSigmoid: set("-softplusOf(-v0)"),
  softplus: set("softplusOf(v0)"),
  // Compilers turn the first comparison into a maximum, and some evaluate a maximum with NaN to a number.
  relu: "value = v0;\n    if (v0 < 0) { value = 0; }\n    if (isNan(v0) > 0) { value = v0; }",
  leakyRelu: "value = parameter * v0;\n    if (v0 > 0) { value = v0; }",
  elu: "value = v0;\n    if (v0 <= 0) { value = parameter * expMinus1(v0); }",
  gelu: set("gated(v0, normalCdf(v0))"),
  geluTanh: set("gated(v0, (1 + tanhOf(geluInner(v0))) * 0.5)"),
  silu: set("siluOf(v0)"),
  erf: set("erfOf(v0)"),
  powScalar: set("powOf(v0, parameter)"),
  floor: set("Math.floor(v0)"),
  ceil: set("Math.ceil(v0)"),
  round: set("roundOf(v0)"),
};

const times = (slope: string) => `value = v0 * (${slope});`;
const ZERO = set("0"); // 0 for any dy

/** dy·f′(x). At corners as in PyTorch: 0 for abs and relu, the left slope for leakyRelu and elu. */
export const UNARY_SLOPES: Record<UnaryOp, string> = {
  neg: set("-v0"),
  abs: "value = zeroTimes(v0) + zeroTimes(v1);\n    if (v1 > 0) { value = v0; }\n    if (v1 < 0) { value = -v0; }",
  sign: ZERO,
  exp: times("v2"),
  expm1: times("expOf(v1)"),
  log: times("1 / v1"),
  log1p: times("1 / (1 + v1)"),
  sqrt: times("0.5 / v2"),
  rsqrt: times("-0.5 * v2 * v2 * v2"),
  reciprocal: times("-v2 * v2"),
  square: times("2 * v1"),
  sin: times("cosOf(v1)"),
  cos: times("-sinOf(v1)"),
  tanh: times("1 - v2 * v2"),
  sigmoid: times("v2 * (1 - v2)"),
  logSigmoid: times("sigmoidOf(-v1)"),
  softplus: times("sigmoidOf(v1)"),
  relu: "value = zeroTimes(v0);\n    if (v1 > 0) { value = v0; }",
  leakyRelu: "value = v0 * parameter;\n    if (v1 > 0) { value = v0; }",
  elu: "value = v0 * parameter * expOf(v1);\n    if (v1 > 0) { value = v0; }",
  gelu: times("normalCdf(v1) + bounded(v1) * expOf(-v1 * v1 * 0.5) * 0.3989422804014327"),
  geluTanh: `const z = bounded(v1);
    const t = tanhOf(geluInner(z));
    const slope = 0.7978845608028654 * (1 + 0.134145 * z * z);
    value = v0 * (0.5 * (1 + t) + 0.5 * z * (1 - t * t) * slope);`,
  silu: times("siluSlope(v1)"),
  erf: times("1.1283791670955126 * expOf(-v1 * v1)"),
  powScalar: `value = 0;
    if (parameter > 0) { value = v0 * parameter * powOf(v1, parameter - 1); }
    if (parameter < 0) { value = v0 * parameter * powOf(v1, parameter - 1); }`,
  floor: ZERO,
  ceil: ZERO,
  round: ZERO,
};
