import { tracked } from "../autograd/track";
import type { UnaryOp } from "../backend/kernels";
import { optionsOf, refuseUnknown } from "../errors";
import { assertNumber, assertOneOf } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertFloat, assertTensors } from "./operands";

/** Applies one elementwise kernel; its gradient is dy·f′(x). */
export function unary(op: UnaryOp, x: Tensor, parameter = 0): Tensor {
  assertTensors(op, x);
  assertNumber(op, "parameter", parameter);
  if (!(x.dtype === "int32" && integerOps.has(op))) assertFloat(op, x);
  const dense = x.contiguous();
  const { backend } = x.storage;
  const out = allocate(op, x.shape, x.dtype, backend);
  backend.kernels.unary(op, out, dense, parameter);
  return tracked(op, out, [x], (hold) => {
    const saved = isConstant.has(op) ? null : hold(fromResult.has(op) ? out : dense);
    return (dy) => {
      const dx = allocate(op, dy.shape, "float32", backend);
      const upstream = dy.contiguous();
      const [input, output] = [saved ?? upstream, saved ?? upstream]; // the kernel reads one of them or none
      backend.kernels.unaryGrad(op, dx, upstream, input, output, parameter);
      return [dx];
    };
  });
}

/** Those whose slope is a function of f(x). relu: f(x) is above 0 where x is. */
const fromResult = new Set<UnaryOp>(
  "exp sqrt rsqrt reciprocal tanh sigmoid relu".split(" ") as UnaryOp[],
);
/** Those whose slope is one number. */
const isConstant = new Set<UnaryOp>("neg sign floor ceil round".split(" ") as UnaryOp[]);
const integerOps = new Set<UnaryOp>(["neg", "abs", "sign", "square"]);

/** −x */
export const neg = (x: Tensor): Tensor => unary("neg", x);
/** |x|; gradient 0 at 0 */
export const abs = (x: Tensor): Tensor => unary("abs", x);
/** −1, 0 or 1 */
export const sign = (x: Tensor): Tensor => unary("sign", x);
/** e^x */
export const exp = (x: Tensor): Tensor => unary("exp", x);
/** e^x − 1, accurate near 0 */
export const expm1 = (x: Tensor): Tensor => unary("expm1", x);
/** Natural logarithm */
export const log = (x: Tensor): Tensor => unary("log", x);
/** ln(1 + x), accurate near 0 */
export const log1p = (x: Tensor): Tensor => unary("log1p", x);
/** √x */
export const sqrt = (x: Tensor): Tensor => unary("sqrt", x);
/** 1/√x */
export const rsqrt = (x: Tensor): Tensor => unary("rsqrt", x);
/** 1/x */
export const reciprocal = (x: Tensor): Tensor => unary("reciprocal", x);
/** x² */
export const square = (x: Tensor): Tensor => unary("square", x);
/** Sine of an angle in radians */
export const sin = (x: Tensor): Tensor => unary("sin", x);
/** Cosine of an angle in radians */
export const cos = (x: Tensor): Tensor => unary("cos", x);
/** Hyperbolic tangent */
export const tanh = (x: Tensor): Tensor => unary("tanh", x);
/** 1/(1 + e^−x) */
export const sigmoid = (x: Tensor): Tensor => unary("sigmoid", x);
/** ln sigmoid(x) = −softplus(−x) */
export const logSigmoid = (x: Tensor): Tensor => unary("logSigmoid", x);
/** ln(1 + e^x) */
export const softplus = (x: Tensor): Tensor => unary("softplus", x);
/** max(x, 0) */
export const relu = (x: Tensor): Tensor => unary("relu", x);
/** x above 0, slope·x below; slope 0.01 */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => unary("leakyRelu", x, slope);
/** x above 0, alpha·(e^x − 1) below; alpha 1 */
export const elu = (x: Tensor, alpha = 1): Tensor => unary("elu", x, alpha);
/** Options of `gelu`. */
export interface GeluOptions {
  approximate?: "none" | "tanh" | undefined;
}

/** The operator that options of `gelu` name. @throws {TensorError} `ERR_RANGE`, `ERR_ARGUMENT` */
export function geluOperator(op: string, options: GeluOptions): "gelu" | "geluTanh" {
  const { approximate = "none", ...rest } = optionsOf(op, options);
  refuseUnknown(op, rest);
  assertOneOf(op, "approximate", approximate, ["none", "tanh"]);
  return approximate === "tanh" ? "geluTanh" : "gelu";
}

/**
 * GELU: x·Φ(x) with the normal distribution's Φ, or its tanh form.
 * @param options.approximate `"none"` (erf, default) or `"tanh"`
 * @see Hendrycks and Gimpel 2016, section 2
 */
export const gelu = (x: Tensor, options: GeluOptions = {}): Tensor =>
  unary(geluOperator("gelu", options), x);
/** x·sigmoid(x) */
export const silu = (x: Tensor): Tensor => unary("silu", x);
/** Error function: 2/√π times the integral of e^(−t²) from 0 to x */
export const erf = (x: Tensor): Tensor => unary("erf", x);
/** Largest integer ≤ x; gradient 0 */
export const floor = (x: Tensor): Tensor => unary("floor", x);
/** Smallest integer ≥ x; gradient 0 */
export const ceil = (x: Tensor): Tensor => unary("ceil", x);
/** Nearest integer, half to even; gradient 0 */
export const round = (x: Tensor): Tensor => unary("round", x);
