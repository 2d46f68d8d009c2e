// @ts-expect-error: jstat has no types
import jstat from "jstat";
import { optionsOf, real, refuseUnknown, whole } from "../errors";
import { tQuantile } from "./student-t";
import { LEAST_SEEDS } from "./tails";

/** Cumulative distribution of a noncentral t. */
const { cdf }: { cdf(x: number, freedom: number, centre: number): number } = jstat.noncentralt;

/** The difference to detect, and the number of seeds. */
export interface PowerOptions {
  /** Paired seeds, at least 3. */
  seeds: number;
  /** Primary claims that are judged together; the first step of Holm's correction is counted. Default 1. */
  claims?: number | undefined;
}

const ALPHA = 0.05;

function checked(where: string, options: PowerOptions): { seeds: number; claims: number } {
  const { seeds, claims = 1, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest);
  whole(where, "seeds", seeds, { min: LEAST_SEEDS });
  whole(where, "claims", claims, { min: 1 });
  return { seeds, claims };
}

function power(effect: number, seeds: number, claims: number): number {
  const bound = tQuantile(1 - ALPHA / (2 * claims), seeds - 1);
  return 1 - cdf(bound, seeds - 1, effect * Math.sqrt(seeds));
}

/**
 * How often a paired t-test with Holm's correction finds a true difference, 0 to 1.
 *
 * @param effect the difference, in standard deviations of the differences between seeds, at least 0
 * @throws {LabError} `ERR_RANGE` for an effect below 0, fewer than 3 seeds or no claims
 */
export function powerOf(effect: number, options: PowerOptions): number {
  const { seeds, claims } = checked("powerOf", options);
  real("powerOf", "effect", effect, { min: 0 });
  return power(effect, seeds, claims);
}

/** The probability at which a difference counts as detectable. */
const OFTEN = 0.8;
/** Larger differences are not told apart. */
const LARGEST = 50;

/**
 * The difference that seeds find in 80 of 100 cases, in standard deviations of the differences between seeds.
 *
 * @throws {LabError} `ERR_RANGE` for fewer than 3 seeds or no claims
 */
export function detectableDifference(options: PowerOptions): number {
  const { seeds, claims } = checked("detectableDifference", options);
  let [low, high] = [0, LARGEST];
  while (high - low > 1e-3) {
    const middle = (low + high) / 2;
    if (power(middle, seeds, claims) < OFTEN) low = middle;
    else high = middle;
  }
  return high;
}
