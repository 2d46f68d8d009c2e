import { listOf, real, ScalingLawsError } from "../errors";
import type { PowerLaw } from "../law/law";
import { fitLine } from "../statistics/line";

/**
 * Fits `y = coefficient · x^exponent` by least squares of log y on log x.
 *
 * @param x at least two different numbers above 0
 * @param y as many numbers above 0
 * @throws {ScalingLawsError} `ERR_ARGUMENT` for lists of different length, `ERR_RANGE` for a number that is not finite and
 *   above 0, `ERR_TOO_FEW` where fewer than two x differ
 */
export function fitPowerLaw(x: readonly number[], y: readonly number[]): PowerLaw<number> {
  listOf("fitPowerLaw", "x", x);
  if (x.length !== y.length)
    throw new ScalingLawsError(
      "ERR_ARGUMENT",
      `scaling-laws/fitPowerLaw: x has ${x.length} numbers, y has ${y.length}`,
      { fields: { x: x.length, y: y.length } },
    );
  for (const [i, value] of x.entries()) real("fitPowerLaw", `x[${i}]`, value, { above: 0 });
  for (const [i, value] of y.entries()) real("fitPowerLaw", `y[${i}]`, value, { above: 0 });
  if (new Set(x).size < 2)
    throw new ScalingLawsError(
      "ERR_TOO_FEW",
      `scaling-laws/fitPowerLaw: a slope needs at least 2 different x, got ${new Set(x).size}`,
      { fields: { different: new Set(x).size } },
    );
  return powerLawThrough(x, y);
}

/** {@link fitPowerLaw} without checks. */
export function powerLawThrough(x: readonly number[], y: readonly number[]): PowerLaw<number> {
  const { intercept, slope } = fitLine(x.map(Math.log), y.map(Math.log));
  return { coefficient: Math.exp(intercept), exponent: slope };
}
