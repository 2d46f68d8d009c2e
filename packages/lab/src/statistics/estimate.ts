import { fail, listOf } from "../errors";
import { tQuantile } from "./student-t";

/** Two ends of an interval. */
export type Interval = readonly [low: number, high: number];

/** A mean over seeds. */
export interface Estimate {
  mean: number;
  /** Standard error of the mean, s/√n. Null for one seed. */
  standardError: number | null;
  /** Number of seeds, n. */
  seeds: number;
  /** 95 % interval of the mean by Student's t with n − 1 degrees of freedom. Null for one seed. */
  interval: Interval | null;
}

/**
 * The mean of values, its standard error and its 95 % interval.
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
  const half = standardError === null ? null : tQuantile(0.975, seeds - 1) * standardError;
  return {
    mean,
    standardError,
    seeds,
    interval: half === null ? null : [mean - half, mean + half],
  };
}
