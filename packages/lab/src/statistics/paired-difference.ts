import { fail, having, listOf, real } from "../errors";
import { type Estimate, estimate, type Interval } from "./estimate";
import { tQuantile } from "./student-t";
import { studentTails, twoSided } from "./tails";

/** The mean difference of two quantities that were measured at the same seeds. */
export interface PairedDifference extends Estimate {
  /** Null for one seed, or without spread. */
  interval: Interval | null;
  /** Two-sided p of no difference. Null for one or two seeds, or without spread: those tell nothing. */
  p: number | null;
}

/**
 * The interval `mean ± t(1 − α/2, n − 1)·s/√n`; null for one seed.
 *
 * @param confidence 1 − α, within (0, 1)
 * @throws {LabError} `ERR_RANGE` for another confidence
 */
export function confidenceInterval(
  estimate: Pick<Estimate, "mean" | "standardError" | "seeds">,
  confidence = 0.95,
): Interval | null {
  const { mean, standardError, seeds } = having(
    "confidenceInterval",
    "estimate",
    estimate,
    "mean",
    "standardError",
    "seeds",
  );
  real("confidenceInterval", "confidence", confidence, { above: 0, below: 1 });
  if (standardError === null) return null;
  const half = tQuantile((1 + confidence) / 2, seeds - 1) * standardError;
  return [mean - half, mean + half];
}

/** Relative to the size of the differences: less than this is rounding, not spread. */
const NO_SPREAD = 1e-9;

/**
 * The difference of two quantities at each seed, as a sample.
 *
 * @throws {LabError} `ERR_ARGUMENT` for lists of different lengths or empty ones, `ERR_RANGE` for a value that is not finite
 */
function differenceAt(lower: readonly number[], higher: readonly number[]): Estimate {
  if (lower.length !== higher.length) {
    const message = `lab/pairedDifference: cannot pair ${lower.length} values with ${higher.length}`;
    fail("ERR_ARGUMENT", message, { lower: lower.length, higher: higher.length });
  }
  const difference = estimate(higher.map((value, i) => value - lower[i]!));
  const size = Math.max(...lower.map(Math.abs), ...higher.map(Math.abs));
  const isFlat = (difference.standardError ?? 0) <= NO_SPREAD * size;
  return isFlat && difference.standardError !== null
    ? { ...difference, standardError: 0 }
    : difference;
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
  listOf("pairedDifference", "lower", lower);
  const difference = differenceAt(lower, higher);
  const tails = studentTails(difference);
  const interval = difference.standardError === 0 ? null : confidenceInterval(difference);
  return { ...difference, interval, p: tails && twoSided(tails, 0) };
}

/**
 * How many seeds would give an interval without 0 if mean and spread stayed as they are; null for one seed, for no difference, or
 * for more than 1000.
 *
 * @param confidence of the interval, within (0, 1)
 * @throws {LabError} `ERR_RANGE` for another confidence
 */
export function seedsNeeded(
  estimate: Pick<Estimate, "mean" | "standardError" | "seeds">,
  confidence = 0.95,
): number | null {
  const { mean, standardError, seeds } = having(
    "seedsNeeded",
    "estimate",
    estimate,
    "mean",
    "standardError",
    "seeds",
  );
  real("seedsNeeded", "confidence", confidence, { above: 0, below: 1 });
  if (standardError === null || mean === 0) return null;
  const deviation = standardError * Math.sqrt(seeds);
  for (let n = 2; n <= 1000; n++)
    if ((tQuantile((1 + confidence) / 2, n - 1) * deviation) / Math.sqrt(n) < Math.abs(mean))
      return n;
  return null;
}
