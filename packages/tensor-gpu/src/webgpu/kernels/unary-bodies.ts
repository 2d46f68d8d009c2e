/**
 * @file Formulas of the unary operators in WGSL: those of gpu.js where it has the same, others where NaN has to be told by its
 * bits. They set `value`, which is 0 before, from v0 = x, and for derivatives from v0 = dy, v1 = x, v2 = f(x).
 */
import type { UnaryOp } from "../../backend/kernels";
import * as gpu from "../../gpu/kernels/unary-bodies";

/** In WGSL; `a.parameter` is the operator's parameter. */
const inWgsl = (bodies: Record<UnaryOp, string>) =>
  Object.fromEntries(
    Object.entries(bodies).map(([op, body]) => [
      op,
      body
        .replaceAll("parameter", "a.parameter")
        .replaceAll("const ", "let ")
        .replaceAll("Math.sqrt(", "rootOf("),
    ]),
  ) as Record<UnaryOp, string>;

/** The sign bit of v0 turned, which changes no other bit. */
const FLIPPED = "value = bitcast<f32>(bitcast<u32>(v0) ^ 0x80000000u);";

const whole = (f: string) => `value = v0;\n  if (isFinite(v0)) { value = ${f}(v0); }`;

/** f(x) */
export const UNARY_BODIES: Record<UnaryOp, string> = {
  ...inWgsl(gpu.UNARY_BODIES),
  neg: FLIPPED,
  abs: "value = bitcast<f32>(bitcast<u32>(v0) & 0x7fffffffu);",
  sign: "value = v0;\n  if (!isNan(v0)) { if (v0 > 0.0) { value = 1.0; } if (v0 < 0.0) { value = -1.0; } }",
  relu: "value = v0;\n  if (v0 < 0.0 && !isNan(v0)) { value = 0.0; }",
  leakyRelu: "value = a.parameter * v0;\n  if (v0 > 0.0 && !isNan(v0)) { value = v0; }",
  elu: "value = v0;\n  if (v0 <= 0.0 && !isNan(v0)) { value = a.parameter * expMinus1(v0); }",
  floor: whole("floor"),
  ceil: whole("ceil"),
  round: whole("round"), // half to even
};

/** The same for int32. */
export const INTEGER_BODIES: Partial<Record<UnaryOp, string>> = {
  neg: "value = -v0;",
  abs: "value = abs(v0);",
  sign: "value = sign(v0);",
  square: "value = v0 * v0;",
};

/** dy·f′(x). At corners as in PyTorch: 0 for abs and relu, the left slope for leakyRelu and elu. */
export const UNARY_SLOPES: Record<UnaryOp, string> = {
  ...inWgsl(gpu.UNARY_SLOPES),
  neg: FLIPPED,
  abs: `value = zeroTimes(v0) + zeroTimes(v1);
  if (!isNan(v1)) { if (v1 > 0.0) { value = v0; } if (v1 < 0.0) { value = -v0; } }`,
  relu: "value = zeroTimes(v0);\n  if (v1 > 0.0 && !isNan(v1)) { value = v0; }",
  leakyRelu: "value = v0 * a.parameter;\n  if (v1 > 0.0 && !isNan(v1)) { value = v0; }",
  elu: "value = v0 * a.parameter * expOf(v1);\n  if (v1 > 0.0 && !isNan(v1)) { value = v0; }",
  powScalar: "if (a.parameter != 0.0) { value = v0 * a.parameter * powOf(v1, a.parameter - 1.0); }",
};
