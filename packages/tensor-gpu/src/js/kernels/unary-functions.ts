import type { UnaryOp } from "../../backend/kernels";
import { erf, erfc } from "./erf";
import { power } from "./power";

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Φ(x), the standard normal distribution function. */
export const normalCdf = (x: number) => erfc(-x / Math.SQRT2) / 2;

/** tanh form of GELU: 0.5·x·(1 + tanh(inner)). @see Hendrycks & Gimpel 2016, section 2 */
export const geluInner = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);

/** x·share(x), for a share that vanishes as x → −∞, faster than x grows. */
const gated = (x: number, share: (x: number) => number) =>
  x === Number.NEGATIVE_INFINITY ? -0 : x * share(x);

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** f(x) for each op, in double precision. The second argument is the op's parameter. */
export const unaryFunctions: Record<UnaryOp, (x: number, parameter: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  square: (x) => x * x,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid,
  logSigmoid: (x) => -softplus(-x),
  softplus,
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x, slope) => (x > 0 ? x : slope * x),
  elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  gelu: (x) => gated(x, normalCdf),
  geluTanh: (x) => gated(x, (z) => (1 + Math.tanh(geluInner(z))) / 2),
  silu: (x) => gated(x, sigmoid),
  erf,
  powScalar: power,
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => (Number.isFinite(x) ? roundHalfToEven(x) : x),
};

/** The four ops that exist for int32, wrapping as int32 does. */
export const integerFunctions: Partial<Record<UnaryOp, (x: number) => number>> = {
  neg: (x) => -x | 0,
  abs: (x) => Math.abs(x) | 0,
  sign: Math.sign,
  square: (x) => Math.imul(x, x),
};
