import { PrmError, real, whole } from "../errors";
import { betaQuantile } from "../statistics/beta";

/** The estimate of a step's value after some completions. */
export interface BetaInterval {
  /** (c + ½) / (N + 1). */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The posterior of a step's value after c hits in N completions: Beta(c + ½, N − c + ½), from Jeffreys' prior.
 *
 * @param level share of the posterior inside the interval, in (0, 1), default 0.95
 * @throws {PrmError} `ERR_RANGE` for more hits than completions or a level outside (0, 1)
 */
export function betaInterval(hits: number, completions: number, level = 0.95): BetaInterval {
  whole("betaInterval", "hits", hits, { min: 0 });
  whole("betaInterval", "completions", completions, { min: 0 });
  real("betaInterval", "level", level, { min: 1e-9, max: 1 - 1e-9 });
  if (hits > completions)
    throw new PrmError("ERR_RANGE", `betaInterval: ${hits} hits in ${completions} completions`, {
      fields: { hits, completions },
    });
  const [a, b] = [hits + 0.5, completions - hits + 0.5];
  const tail = (1 - level) / 2;
  return { mean: a / (a + b), low: betaQuantile(tail, a, b), high: betaQuantile(1 - tail, a, b) };
}
