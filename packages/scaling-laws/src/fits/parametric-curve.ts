import { having, optionsOf, refuseUnknown } from "../errors";
import type { PowerLaw } from "../law/law";
import type { Run } from "../runs/run";
import type { Curve } from "./huber";

/** `L(X, D) = E + A/X^alpha + B/D^beta`, X being the model scale and D the tokens. */
export interface ParametricLaw<T = number> {
  /** Irreducible loss. */
  E: T;
  A: T;
  alpha: T;
  B: T;
  beta: T;
}

/** Centres of log model scale and log tokens: around them the parameters are well conditioned. */
export interface Centre {
  model: number;
  tokens: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** The runs' centre. */
export function centreOf(runs: readonly Run[]): Centre {
  return {
    model: mean(runs.map((run) => Math.log(run.model))),
    tokens: mean(runs.map((run) => Math.log(run.tokens))),
  };
}

/** log L as a curve in [log A', log B', log E, α, β], A' and B' being the two terms' sizes at the centre. */
export function parametricCurve(runs: readonly Run[], centre: Centre): Curve {
  const x = runs.map((run) => Math.log(run.model) - centre.model);
  const y = runs.map((run) => Math.log(run.tokens) - centre.tokens);
  const targets = runs.map((run) => Math.log(run.loss));
  const [low, high] = [Math.min(...targets), Math.max(...targets)];
  const terms = ([a, b, e, alpha, beta]: readonly number[], i: number) => {
    const [s, t] = [Math.exp(a! - alpha! * x[i]!), Math.exp(b! - beta! * y[i]!)];
    const floor = Math.exp(e!);
    return { s, t, floor, sum: s + t + floor };
  };
  return {
    targets,
    predict: (parameters, i) => Math.log(terms(parameters, i).sum),
    gradient(parameters, i) {
      const { s, t, floor, sum } = terms(parameters, i);
      return [s / sum, t / sum, floor / sum, (-x[i]! * s) / sum, (-y[i]! * t) / sum];
    },
    lower: [low - 25, low - 25, low - 25, 0, 0],
    upper: [high + 5, high + 5, low, 4, 4],
  };
}

/** Starts over the exponents and over the irreducible share of the lowest loss. */
export function parametricStarts(
  runs: readonly Run[],
  exponents: readonly number[],
  floors: readonly number[],
): number[][] {
  const losses = runs.map((run) => run.loss);
  const lowest = Math.min(...losses);
  return floors.flatMap((share) =>
    exponents.flatMap((alpha) =>
      exponents.map((beta) => {
        const half = Math.log((mean(losses) - share * lowest) / 2);
        return [half, half, Math.log(share * lowest), alpha, beta];
      }),
    ),
  );
}

/** The law of a curve's parameters. */
export function lawOfParameters(parameters: readonly number[], centre: Centre): ParametricLaw {
  const [a, b, e, alpha, beta] = parameters as [number, number, number, number, number];
  return {
    E: Math.exp(e),
    A: Math.exp(a + alpha * centre.model),
    alpha,
    B: Math.exp(b + beta * centre.tokens),
    beta,
  };
}

/** The loss that a parametric law gives a model scale and a number of tokens. */
export function parametricLoss(
  parametricLaw: ParametricLaw,
  model: number,
  tokens: number,
): number {
  const { E, A, alpha, B, beta } = having(
    "parametricLoss",
    "parametricLaw",
    parametricLaw,
    "E",
    "A",
  );
  return E + A / model ** alpha + B / tokens ** beta;
}

/**
 * The compute-optimal allocation of a parametric law where C = perToken · X · D: `X* = G·(C/perToken)^a`, `a = β/(α + β)`,
 * `G = (αA/(βB))^(1/(α + β))`, and `D* = (C/perToken)^(1 − a)/G`.
 *
 * @param options.perToken 1 where X is FLOPs per token (default), 6 where it is parameters
 * @see Hoffmann et al. 2022, equation 4
 */
export function parametricAllocation(
  { A, alpha, B, beta }: ParametricLaw,
  options: { perToken?: number | undefined } = {},
): { model: PowerLaw<number>; data: PowerLaw<number> } {
  const { perToken = 1, ...rest } = optionsOf("parametricAllocation", options);
  refuseUnknown("parametricAllocation", rest);
  const a = beta / (alpha + beta);
  const scale = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  return {
    model: { coefficient: scale * perToken ** -a, exponent: a },
    data: { coefficient: perToken ** (a - 1) / scale, exponent: 1 - a },
  };
}
