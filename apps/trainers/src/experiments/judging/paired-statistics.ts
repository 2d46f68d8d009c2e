/** A mean over seeds. */
export interface Estimate {
  mean: number;
  /** Of the mean: s/√n. Null for one seed. */
  standardError: number | null;
  seeds: number;
}

/** The mean difference over seeds of what was measured at the same seed. */
export interface PairedDifference extends Estimate {
  /** 95 % interval by Student's t with n − 1 degrees of freedom. Null for one seed. */
  interval: readonly [number, number] | null;
}

/** The 97.5 % quantile of Student's t for 1 to 30 degrees of freedom. */
const QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];

/** Half the width of a 95 % interval in standard errors. Above 30 degrees of freedom at most 0.04 too wide. */
const halfWidth = (freedom: number): number => QUANTILES[Math.min(freedom, 30) - 1]!;

/**
 * The mean and its standard error.
 * @throws {RangeError} for no values
 */
export function estimate(values: readonly number[]): Estimate {
  const seeds = values.length;
  if (seeds === 0) throw new RangeError("there is nothing to average");
  const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = seeds > 1 ? Math.sqrt(squares / (seeds - 1) / seeds) : null;
  return { mean, standardError, seeds };
}

/**
 * The mean of `higher − lower` with its interval; both lists hold one value a seed, in the same order.
 * @throws {RangeError} for lists of different lengths, or empty ones
 */
export function pairedDifference(
  lower: readonly number[],
  higher: readonly number[],
): PairedDifference {
  if (lower.length !== higher.length)
    throw new RangeError(`cannot pair ${lower.length} values with ${higher.length}`);
  const { mean, standardError, seeds } = estimate(higher.map((value, i) => value - lower[i]!));
  if (standardError === null) return { mean, standardError, seeds, interval: null };
  const half = halfWidth(seeds - 1) * standardError;
  return { mean, standardError, seeds, interval: [mean - half, mean + half] };
}

/** Whether the interval excludes 0. */
export const isResolved = ({ interval }: PairedDifference): boolean =>
  interval !== null && (interval[0] > 0 || interval[1] < 0);

/**
 * How many seeds would resolve this difference if mean and spread stayed as they are; null for more than 1000 or one seed.
 */
export function seedsNeeded({ mean, standardError, seeds }: PairedDifference): number | null {
  if (standardError === null || mean === 0) return null;
  const deviation = standardError * Math.sqrt(seeds);
  for (let n = 2; n <= 1000; n++)
    if ((halfWidth(n - 1) * deviation) / Math.sqrt(n) < Math.abs(mean)) return n;
  return null;
}
