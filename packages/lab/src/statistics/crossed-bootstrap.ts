import { fail, listOf } from "../errors";
import type { Interval } from "./estimate";
import { fixedRandom } from "./fixed-random";
import type { PairedDifference } from "./paired-difference";
import { drawnTails, LEAST_SEEDS, type Tails, twoSided } from "./tails";

/** One row per seed, one number per item. */
type Rows = readonly (readonly number[])[];

const DRAWS = 10_000;

/** Rounding of a level. */
const NEAR = 1e-9;

/** Differences of both sides, item by item. */
function differencesOf(lower: Rows, higher: Rows): Rows {
  const width = lower[0]?.length ?? 0;
  const fits = (rows: Rows) =>
    rows.length === lower.length && rows.every(({ length }) => length === width);
  if (width === 0 || !fits(lower) || !fits(higher))
    fail(
      "ERR_ARGUMENT",
      "lab/crossedDifference: both sides need the same seeds, and every seed the same items, at least one of each",
    );
  return lower.map((row, seed) =>
    row.map((x, i) => {
      const difference = higher[seed]![i]! - x;
      if (Number.isFinite(difference)) return difference;
      const message = `lab/crossedDifference: item ${i} of seed ${seed} is not a finite number`;
      return fail("ERR_RANGE", message, { seed, item: i });
    }),
  );
}

/** Means over seeds and items that are both drawn with replacement, independently of each other. */
function drawMeans(differences: Rows): Float64Array {
  const random = fixedRandom();
  const [seeds, items] = [differences.length, differences[0]!.length];
  const draw = (count: number) => Math.floor(random() * count);
  const rows = differences.map((row) => Float64Array.from(row));
  const perItem = new Float64Array(items);
  return Float64Array.from({ length: DRAWS }, () => {
    perItem.fill(0);
    for (let s = 0; s < seeds; s++) {
      const row = rows[draw(seeds)]!;
      for (let i = 0; i < items; i++) perItem[i]! += row[i]!;
    }
    let sum = 0;
    for (let i = 0; i < items; i++) sum += perItem[draw(items)]!;
    return sum / (seeds * items);
  }).sort();
}

/**
 * A difference over seeds and items with the tails of its draws, null for fewer than three seeds or without spread, and its interval at
 * any level: the draws at whose place the tail beyond them is at most half of what the level leaves, as `Tails` counts it.
 */
export function crossedTest(lower: Rows, higher: Rows) {
  const differences = differencesOf(lower, higher);
  const [seeds, items] = [differences.length, differences[0]!.length];
  const mean = differences.flat().reduce((sum, x) => sum + x, 0) / (seeds * items);
  const means = drawMeans(differences);
  const squares = means.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const isFlat = means[0] === means[DRAWS - 1];
  const intervalAt = (level: number): Interval | null => {
    const place = Math.max(0, Math.floor((DRAWS + 1) * ((1 - level) / 2) + NEAR) - 1);
    return isFlat ? null : [means[place]!, means[DRAWS - 1 - place]!];
  };
  const tails: Tails | null = isFlat || seeds < LEAST_SEEDS ? null : drawnTails(means);
  const difference: PairedDifference = {
    mean,
    standardError: seeds > 1 ? Math.sqrt(squares / DRAWS) : null,
    seeds,
    interval: intervalAt(0.95),
    p: tails && twoSided(tails, 0),
  };
  return { difference, tails, intervalAt };
}

/**
 * The mean difference of two measures of the same items at the same seeds, such as problems that every seed's model answers.
 * Seeds and items are drawn with replacement 10,000 times, independently of each other, so that interval and p speak of other
 * seeds and of other items.
 *
 * @param lower one row per seed, one number per item, in the same order at all seeds
 * @param higher the same of the other side
 * @returns the standard error is that of the draws, the interval their middle 95 %
 * @throws {LabError} `ERR_ARGUMENT` where rows or their lengths differ, or there are none; `ERR_RANGE` for a number that is not
 *   finite
 * @see Owen 2007, The pigeonhole bootstrap
 */
export const crossedDifference = (
  lower: readonly (readonly number[])[],
  higher: readonly (readonly number[])[],
): PairedDifference => {
  listOf("crossedDifference", "lower", lower);
  return crossedTest(lower, higher).difference;
};
