import { listOf, optionsOf, PrmError, refuseUnknown, whole } from "../errors";
import { seededRandom } from "../random/seeds";

/** A difference of means with its 95 % percentile interval. */
export interface BootstrapDifference {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** One row per seed, one number per problem; sums over chosen problems of a chosen seed. */
type Rows = readonly (readonly number[])[];

function checkRows(lower: Rows, higher: Rows): void {
  const width = lower[0]?.length ?? 0;
  const fits = (rows: Rows) =>
    rows.length === lower.length && rows.every(({ length }) => length === width);
  if (width > 0 && fits(lower) && fits(higher)) return;
  throw new PrmError(
    "ERR_ARGUMENT",
    "pairedBootstrap: both sides need the same seeds, and every seed the same problems, at least one of each",
  );
}

/**
 * The mean difference of two measures of the same problems under the same seeds, with a bootstrap over problems and
 * seeds: both are drawn with replacement, independently, so that the interval generalises to other problems and seeds.
 *
 * @param lower one row per seed, one number per problem, such as 1 for solved
 * @param options.bootstraps default 2000
 * @throws {PrmError} `ERR_ARGUMENT` where rows or their lengths differ, or there are none; `ERR_RANGE` for no bootstraps
 * @see Owen 2007, the pigeonhole bootstrap
 */
export function pairedBootstrap(
  lower: readonly (readonly number[])[],
  higher: readonly (readonly number[])[],
  options: { bootstraps?: number | undefined; random?: (() => number) | undefined } = {},
): BootstrapDifference {
  listOf("pairedBootstrap", "lower", lower);
  const {
    bootstraps = 2000,
    random = seededRandom(0),
    ...rest
  } = optionsOf("pairedBootstrap", options);
  refuseUnknown("pairedBootstrap", rest);
  whole("pairedBootstrap", "bootstraps", bootstraps, { min: 1 });
  checkRows(lower, higher);
  const [seeds, problems] = [lower.length, lower[0]!.length];
  const differences = lower.map((row, seed) => row.map((x, i) => higher[seed]![i]! - x));
  const all = differences.flat().reduce((sum, x) => sum + x, 0) / (seeds * problems);
  const draw = (count: number) => Math.floor(random() * count);
  const means = Float64Array.from({ length: bootstraps }, () => {
    const perProblem = new Float64Array(problems);
    for (let s = 0; s < seeds; s++) {
      const row = differences[draw(seeds)]!;
      for (let i = 0; i < problems; i++) perProblem[i]! += row[i]!;
    }
    let sum = 0;
    for (let i = 0; i < problems; i++) sum += perProblem[draw(problems)]!;
    return sum / (seeds * problems);
  }).sort();
  const at = (share: number) => means[Math.min(bootstraps - 1, Math.floor(share * bootstraps))]!;
  return { mean: all, low: at(0.025), high: at(0.975) };
}
