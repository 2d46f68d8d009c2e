import { fail, real } from "../errors";
import { tQuantile, tTail } from "./student-t";

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

/** Two ends of an interval. */
export type Interval = readonly [low: number, high: number];

/** The mean difference of two quantities that were measured at the same seeds. */
export interface PairedDifference extends Estimate {
  /** 95 % confidence interval by Student's t with n − 1 degrees of freedom. Null for one seed. */
  interval: Interval | null;
  /** Two-sided p of no difference. Null for one seed. */
  p: number | null;
}

/**
 * The interval `mean ± t(1 − α/2, n − 1)·s/√n`; null for one seed.
 *
 * @param confidence 1 − α, within (0, 1)
 * @throws {LabError} `ERR_RANGE` for another confidence
 */
export function confidenceInterval(
  { mean, standardError, seeds }: Estimate,
  confidence = 0.95,
): Interval | null {
  real("confidenceInterval", "confidence", confidence, { above: 0, below: 1 });
  if (standardError === null) return null;
  const half = tQuantile((1 + confidence) / 2, seeds - 1) * standardError;
  return [mean - half, mean + half];
}

/** p of a mean whose size is above `bound` by chance, if the true size were `bound`. A spread of 0 leaves no doubt. */
function oneSided({ mean, standardError, seeds }: Estimate, bound: number): number {
  const beyond = Math.abs(mean) - bound;
  return beyond === 0 ? 0.5 : tTail(beyond / standardError!, seeds - 1);
}

/**
 * The mean of `higher − lower` with its confidence interval.
 *
 * @param lower one value per seed
 * @param higher one value per seed, in the same order of seeds
 * @throws {LabError} `ERR_ARGUMENT` for lists of different lengths or empty ones, `ERR_RANGE` for a value that is not finite
 */
export function pairedDifference(
  lower: readonly number[],
  higher: readonly number[],
): PairedDifference {
  if (lower.length !== higher.length) {
    const message = `lab/pairedDifference: cannot pair ${lower.length} values with ${higher.length}`;
    fail("ERR_ARGUMENT", message, { lower: lower.length, higher: higher.length });
  }
  const difference = estimate(higher.map((value, i) => value - lower[i]!));
  const interval = confidenceInterval(difference);
  return { ...difference, interval, p: interval && Math.min(1, 2 * oneSided(difference, 0)) };
}

/** A test of whether a mean difference is practically 0. */
export interface Equivalence {
  margin: number;
  /** 90 % interval of the mean difference: inside ±margin exactly when p < 0.05. Null for one seed. */
  interval: Interval | null;
  /** p of equality: the larger of the two one-sided tests'. Null for one seed. */
  p: number | null;
  /** Two-sided p of a difference beyond the margin. Null for one seed. */
  beyondP: number | null;
}

/**
 * Two one-sided t-tests of `−margin < mean difference < margin`.
 *
 * @param margin above 0, in the unit of the quantity, chosen before the results are known
 * @throws {LabError} `ERR_RANGE` for a margin that is not above 0
 * @see Schuirmann 1987, A comparison of the two one-sided tests procedure and the power approach
 */
export function equivalence(difference: Estimate, margin: number): Equivalence {
  real("equivalence", "margin", margin, { above: 0 });
  const interval = confidenceInterval(difference, 0.9);
  if (interval === null) return { margin, interval, p: null, beyondP: null };
  const beyond = oneSided(difference, margin); // against the nearer end, which decides
  return { margin, interval, p: 1 - beyond, beyondP: Math.min(1, 2 * beyond) };
}

/**
 * How many seeds would give a 95 % interval without 0 if mean and spread stayed as they are; null for one seed, for no
 * difference, or for more than 1000.
 */
export function seedsNeeded({ mean, standardError, seeds }: Estimate): number | null {
  if (standardError === null || mean === 0) return null;
  const deviation = standardError * Math.sqrt(seeds);
  for (let n = 2; n <= 1000; n++)
    if ((tQuantile(0.975, n - 1) * deviation) / Math.sqrt(n) < Math.abs(mean)) return n;
  return null;
}
