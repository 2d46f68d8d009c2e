import { fail, listOf } from "../errors";
import type { Interval } from "./estimate";
import { fixedRandom } from "./fixed-random";
import { drawnTails, type Tails } from "./tails";

/** Two numbers of one thing. */
export type Pair = readonly [x: number, y: number];

/** For each value the number of its group of equal values, from the smallest value's 0 on. */
function groupsOf(values: readonly number[]): { groupOf: Int32Array; groups: number } {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const groupOf = new Int32Array(values.length);
  let groups = 0;
  for (const [place, i] of order.entries()) {
    if (place > 0 && values[i]! > values[order[place - 1]!]!) groups++;
    groupOf[i] = groups;
  }
  return { groupOf, groups: groups + 1 };
}

/** The mean rank of each group less the mean of all ranks, where each pair counts so often. */
function centredRanks({ groupOf, groups }: ReturnType<typeof groupsOf>, counts: Int32Array) {
  const sizes = new Int32Array(groups);
  let all = 0;
  for (let i = 0; i < counts.length; i++) {
    sizes[groupOf[i]!]! += counts[i]!;
    all += counts[i]!;
  }
  let before = 0;
  return Float64Array.from(sizes, (size) => {
    const rank = before + (size + 1) / 2;
    before += size;
    return rank - (all + 1) / 2;
  });
}

/** Spearman's correlation of pairs as a function of how often each counts; null where one of both numbers does not vary. */
function correlationOf(pairs: readonly Pair[]): (counts: Int32Array) => number | null {
  const at = pairs.findIndex(([x, y]) => !Number.isFinite(x) || !Number.isFinite(y));
  if (at >= 0)
    fail("ERR_RANGE", `lab/rankCorrelation: pair ${at} is not of finite numbers`, { pair: at });
  const [left, right] = [groupsOf(pairs.map(([x]) => x)), groupsOf(pairs.map(([, y]) => y))];
  return (counts) => {
    const [x, y] = [centredRanks(left, counts), centredRanks(right, counts)];
    let [xy, xx, yy] = [0, 0, 0];
    for (let i = 0; i < counts.length; i++) {
      const [dx, dy] = [x[left.groupOf[i]!]!, y[right.groupOf[i]!]!];
      xy += counts[i]! * dx * dy;
      xx += counts[i]! * dx * dx;
      yy += counts[i]! * dy * dy;
    }
    return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
  };
}

/**
 * Spearman's rank correlation, from −1 to 1; null where one of both numbers does not vary, or there are no pairs. Equal values share
 * their mean rank.
 * @throws {LabError} `ERR_ARGUMENT` for something else than a list; `ERR_RANGE` for a number that is not finite
 */
export function rankCorrelation(pairs: readonly Pair[]): number | null {
  listOf("rankCorrelation", "pairs", pairs);
  return correlationOf(pairs)(new Int32Array(pairs.length).fill(1));
}

const DRAWS = 10_000;

/** Fewer pairs decide nothing. */
const LEAST_PAIRS = 10;

/** Rounding of a level. */
const NEAR = 1e-9;

/** A rank correlation with its bootstrap over pairs, or less a number. */
interface CorrelationTest {
  value: number;
  standardError: number;
  /** Null for fewer than ten pairs. */
  tails: Tails | null;
  intervalAt(level: number): Interval;
}

/**
 * The rank correlation of pairs less a number, or with `sign` −1 the number less it, with a bootstrap over pairs: they are
 * drawn with replacement 10,000 times. A draw without spread counts as a correlation of 0.
 * @returns null where the pairs have no rank correlation
 */
export function correlationTest(
  pairs: readonly Pair[],
  { number, sign }: { number: number; sign: 1 | -1 },
): CorrelationTest | null {
  const correlation = correlationOf(pairs);
  const counts = new Int32Array(pairs.length);
  const found = correlation(counts.fill(1));
  if (found === null) return null;
  const random = fixedRandom();
  const difference = (rho: number) => sign * (rho - number);
  const draws = Float64Array.from({ length: DRAWS }, () => {
    counts.fill(0);
    for (let i = 0; i < pairs.length; i++) counts[Math.floor(random() * pairs.length)]!++;
    return difference(correlation(counts) ?? 0);
  }).sort();
  const value = difference(found);
  const squares = draws.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return {
    value,
    standardError: Math.sqrt(squares / DRAWS),
    tails: pairs.length < LEAST_PAIRS ? null : drawnTails(draws),
    intervalAt(level) {
      const place = Math.max(0, Math.floor((DRAWS + 1) * ((1 - level) / 2) + NEAR) - 1);
      return [draws[place]!, draws[DRAWS - 1 - place]!];
    },
  };
}
