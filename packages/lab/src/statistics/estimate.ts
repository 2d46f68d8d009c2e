import { fail, listOf } from "../errors";

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
  listOf("estimate", "values", values);
  const seeds = values.length;
  if (seeds === 0) fail("ERR_ARGUMENT", "lab/estimate: there are no values");
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    const message = `lab/estimate: value ${index} is ${values[index]}, expected a finite number`;
    fail("ERR_RANGE", message, { index, value: values[index] });
  }
  const mean = values.reduce((sum, x) => sum + x, 0) / seeds;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const standardError = seeds > 1 ? Math.sqrt(squares / (seeds - 1) / seeds) : null;
  return { mean, standardError, seeds };
}
