import type { UnaryOp } from "../../backend/kernels";
import { geluInner, normalCdf, sigmoid } from "./unary-functions";

/** f′ as a function of x, of y = f(x) and of the op's parameter. */
type Derivative = (x: number, y: number, parameter: number) => number;

const zero: Derivative = () => 0;

/** Whether f′ is 0 everywhere. Then dx is 0 for any dy, as in PyTorch. */
export const isFlat = (op: UnaryOp, parameter: number) =>
  unaryDerivatives[op] === zero || (op === "powScalar" && parameter === 0);

/** x clamped to a range beyond which every slope is constant, so that ∞·0 does not occur at infinity. */
const bounded = (x: number) => Math.max(-1e3, Math.min(x, 1e3));

function geluTanhDerivative(x: number): number {
  const tanh = Math.tanh(geluInner(x));
  const innerDerivative = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
  return (1 + tanh) / 2 + (x / 2) * (1 - tanh * tanh) * innerDerivative;
}

/** Where f has a corner the value is PyTorch's: 0 for abs and relu, the left slope for leakyRelu and elu. */
export const unaryDerivatives: Record<UnaryOp, Derivative> = {
  neg: () => -1,
  abs: Math.sign,
  sign: zero,
  exp: (_, y) => y,
  expm1: (x) => Math.exp(x),
  log: (x) => 1 / x,
  log1p: (x) => 1 / (1 + x),
  sqrt: (_, y) => 0.5 / y,
  rsqrt: (_, y) => -0.5 * y ** 3,
  reciprocal: (_, y) => -y * y,
  square: (x) => 2 * x,
  sin: Math.cos,
  cos: (x) => -Math.sin(x),
  tanh: (_, y) => 1 - y * y,
  sigmoid: (_, y) => y * (1 - y),
  logSigmoid: (x) => sigmoid(-x),
  softplus: sigmoid,
  relu: (x) => (x > 0 ? 1 : 0),
  leakyRelu: (x, _, slope) => (x > 0 ? 1 : slope),
  elu: (x, _, alpha) => (x > 0 ? 1 : alpha * Math.exp(x)),
  gelu: (x) => normalCdf(x) + (bounded(x) * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
  geluTanh: (x) => geluTanhDerivative(bounded(x)),
  silu: (x) => sigmoid(x) * (1 + bounded(x) * sigmoid(-x)),
  erf: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
  powScalar: (x, _, exponent) => (exponent === 0 ? 0 : exponent * x ** (exponent - 1)),
  floor: zero,
  ceil: zero,
  round: zero,
};
