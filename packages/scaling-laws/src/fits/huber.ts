import { levenbergMarquardt } from "ml-levenberg-marquardt";

/** `r²/2` for |r| ≤ δ, else `δ·(|r| − δ/2)`. */
export function huber(residual: number, delta: number): number {
  const size = Math.abs(residual);
  return size <= delta ? size ** 2 / 2 : delta * (size - delta / 2);
}

/** A curve to fit: predictions and their derivatives for every point, given the parameters. */
export interface Curve {
  targets: readonly number[];
  predict(parameters: readonly number[], point: number): number;
  gradient(parameters: readonly number[], point: number): number[];
  lower: readonly number[];
  upper: readonly number[];
}

/** Parameters and the Huber loss, summed over the points. */
export interface HuberFit {
  parameters: number[];
  objective: number;
}

/** The Huber loss of a curve, summed over its points. */
export function huberObjective(curve: Curve, parameters: readonly number[], delta: number): number {
  return curve.targets.reduce(
    (sum, target, i) => sum + huber(curve.predict(parameters, i) - target, delta),
    0,
  );
}

/**
 * Levenberg–Marquardt on weighted residuals. The weights are part of the function: the library's own `weights` (5.1) scale
 * the two sides of its normal equations differently, which only fits where all are 1.
 */
function weightedFit(
  { targets, predict, gradient, lower, upper }: Curve,
  start: readonly number[],
  weights: readonly number[],
  iterations: number,
): number[] {
  const points = { x: targets.map((_, i) => i), y: targets.map((y, i) => y * weights[i]!) };
  const { parameterValues } = levenbergMarquardt(
    points,
    (parameters) => (i) => weights[i]! * predict(parameters, i),
    {
      initialValues: start,
      jacobianFunction: (parameters) => (i) =>
        gradient(parameters, i).map((slope) => weights[i]! * slope),
      minValues: lower,
      maxValues: upper,
      maxIterations: iterations,
      errorTolerance: 1e-30,
      damping: 1e-3,
    },
  );
  return parameterValues;
}

/** A least-squares fit from a start, by Levenberg–Marquardt: where the Huber fit begins. */
export function leastSquaresFit(curve: Curve, start: readonly number[], iterations = 40): number[] {
  return weightedFit(
    curve,
    start,
    curve.targets.map(() => 1),
    iterations,
  );
}

/**
 * Minimises the Huber loss by iteratively reweighted least squares: points whose residual exceeds δ get the weight
 * δ/|r|, and each round is solved by Levenberg–Marquardt. The loss never rises from round to round.
 *
 * @param delta δ of the Huber loss
 * @param options.rounds most rounds (default 300); it ends earlier once a round gains less than 1e-9 of the loss
 */
export function huberFit(
  curve: Curve,
  start: readonly number[],
  delta: number,
  { rounds = 300 }: { rounds?: number | undefined } = {},
): HuberFit {
  let best = { parameters: [...start], objective: huberObjective(curve, start, delta) };
  for (let round = 0; round < rounds; round++) {
    const weights = curve.targets.map((target, i) => {
      const size = Math.abs(curve.predict(best.parameters, i) - target);
      return Math.sqrt(1 / Math.max(size / delta, 1)) / delta; // in units of δ, so that damping hardly slows a round
    });
    const parameters = weightedFit(curve, best.parameters, weights, 4);
    const objective = huberObjective(curve, parameters, delta);
    if (!(objective < best.objective * (1 - 1e-9))) break;
    best = { parameters, objective };
  }
  return best;
}
