import type { UnaryOp } from "../../../../src/backend/kernels";
import type { Agreement } from "../agreement";
import { EDGE_SIZES, pairs, SPECIALS } from "../numbers";
import { EXACT, FORMULA, FUNCTION } from "../tolerances";

interface Domain {
  low: number;
  high: number;
  parameters: number[];
}

const domain = (low: number, high: number, parameters = [0]): Domain => ({ low, high, parameters });

/** Where each function is tried, and with which parameters. Gates at −∞ have their limit, 0. */
export const UNARY_DOMAINS: Record<UnaryOp, Domain> = {
  neg: domain(-9, 9),
  abs: domain(-9, 9),
  sign: domain(-9, 9),
  exp: domain(-20, 20),
  expm1: domain(-3, 10),
  log: domain(0.001, 100),
  log1p: domain(-0.99, 50),
  sqrt: domain(0.001, 100),
  rsqrt: domain(0.01, 100),
  reciprocal: domain(0.05, 20),
  square: domain(-9, 9),
  sin: domain(-50, 50),
  cos: domain(-50, 50),
  tanh: domain(-6, 6),
  sigmoid: domain(-20, 20),
  logSigmoid: domain(-20, 20),
  softplus: domain(-20, 20),
  relu: domain(-3, 3),
  leakyRelu: domain(-3, 3, [0.01, 0.3]),
  elu: domain(-6, 3, [1, 0.5]),
  gelu: domain(-6, 6),
  geluTanh: domain(-6, 6),
  silu: domain(-20, 20),
  erf: domain(-4, 4),
  powScalar: domain(0.05, 8, [2, 3, 0.5, -1, -0.5, 2.7, 0, 1]),
  floor: domain(-9, 9),
  ceil: domain(-9, 9),
  round: domain(-9, 9),
};

export const UNARY_OPS = Object.keys(UNARY_DOMAINS) as UnaryOp[];
const EXACT_OPS = new Set<UnaryOp>(["neg", "abs", "sign", "relu", "floor", "ceil", "round"]);
const INTEGER_OPS = ["neg", "abs", "sign", "square"] as const;

export function unaryCases({ agrees }: Agreement): void {
  for (const op of UNARY_OPS) {
    const { low, high, parameters } = UNARY_DOMAINS[op];
    const tolerance = EXACT_OPS.has(op) ? EXACT : FUNCTION;
    const sizes = pairs(EDGE_SIZES, parameters);
    agrees(`${op} is right for every length`, tolerance, sizes, (s, [n, parameter]) =>
      s.kernels.unary(op, s.output([n]), s.input([n], { low, high }), parameter),
    );
    agrees(
      `${op} treats special values as IEEE 754 does`,
      tolerance,
      parameters,
      (s, parameter) => {
        const x = s.input([SPECIALS.length], { values: SPECIALS });
        s.kernels.unary(op, s.output([SPECIALS.length]), x, parameter);
      },
    );
    agrees(`${op}'s gradient is right for every length`, FORMULA, sizes, (s, [n, parameter]) => {
      const x = s.input([n], { low, high });
      const y = s.output([n]);
      s.kernels.unary(op, y, x, parameter);
      s.kernels.unaryGrad(op, s.output([n]), s.input([n]), x, y, parameter);
    });
  }
  agrees("unary may write over its input", FUNCTION, UNARY_OPS, (s, op) => {
    const { low, high, parameters } = UNARY_DOMAINS[op];
    const x = s.inout([77], { low, high });
    s.kernels.unary(op, x, x, parameters[0]!);
  });
  agrees("unaryGrad may write over its gradient", FORMULA, UNARY_OPS, (s, op) => {
    const { low, high, parameters } = UNARY_DOMAINS[op];
    const x = s.input([77], { low, high });
    const y = s.output([77]);
    s.kernels.unary(op, y, x, parameters[0]!);
    const dx = s.inout([77]);
    s.kernels.unaryGrad(op, dx, dx, x, y, parameters[0]!);
  });
  agrees(
    "unary is whole on large arrays",
    FUNCTION,
    ["exp", "geluTanh", "relu"] as const,
    (s, op) => s.kernels.unary(op, s.output([70_003]), s.input([70_003]), 0),
  );
  agrees("unary keeps int32 exact", EXACT, pairs(INTEGER_OPS, EDGE_SIZES), (s, [op, n]) => {
    const x = s.input([n], { dtype: "int32", low: -40_000, high: 40_000 });
    s.kernels.unary(op, s.output([n], { dtype: "int32" }), x, 0);
  });
  agrees("unary keeps large int32 exact", EXACT, INTEGER_OPS, (s, op) => {
    const values = [2 ** 31 - 1, -(2 ** 31) + 1, 2 ** 24 + 1, -(2 ** 24) - 1, 0];
    const x = s.input([5], { dtype: "int32", values });
    s.kernels.unary(op, s.output([5], { dtype: "int32" }), x, 0);
  });
}
