import { LabError } from "../errors";

/** A mean over seeds. */
export interface Estimate {
  mean: number;
  /** Standard error of the mean, s/√n. Null for one seed. */
  standardError: number | null;
  /** Number of seeds, n. */
  seeds: number;
}

/**
 * The mean of values and its standard error.
 *
 * @param values one per seed
 * @throws {LabError} `ERR_ARGUMENT` for no values, `ERR_RANGE` for one that is not finite
 */
export function estimate(values: readonly number[]): Estimate {
  const seeds = values.length;
  if (seeds === 0) throw new LabError("ERR_ARGUMENT", "lab/estimate: there are no values");
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    const value = values[index];
    const message = `lab/estimate: value ${index} is ${value}, expected a finite number`;
    throw new LabError("ERR_RANGE", message, { fields: { index, value } });
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = seeds > 1 ? Math.sqrt(squares / (seeds - 1) / seeds) : null;
  return { mean, standardError, seeds };
}
