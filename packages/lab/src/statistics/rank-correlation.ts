import { fail, listOf } from "../errors";
import type { Interval } from "./estimate";
import { fixedRandom } from "./fixed-random";
import { drawnTails, type Tails } from "./tails";

/** Two numbers of one thing. */
export type Pair = readonly [x: number, y: number];

/** Ranks from 1; equal values share the mean of their ranks. */
function ranksOf(values: Float64Array): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** Pearson's correlation of two lists; null without spread. */
function correlationOf(x: Float64Array, y: Float64Array): number | null {
  const mean = (values: Float64Array) => values.reduce((sum, own) => sum + own, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - mx, y[i]! - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}

/**
 * Spearman's rank correlation, from −1 to 1; null where one of both numbers does not vary, or there are no pairs. Equal values share their mean rank.
 * @throws {LabError} `ERR_ARGUMENT` for something else than a list; `ERR_RANGE` for a number that is not finite
 */
export function rankCorrelation(pairs: readonly Pair[]): number | null {
  listOf("rankCorrelation", "pairs", pairs);
  const at = pairs.findIndex(([x, y]) => !Number.isFinite(x) || !Number.isFinite(y));
  if (at >= 0)
    fail("ERR_RANGE", `lab/rankCorrelation: pair ${at} is not of finite numbers`, { pair: at });
  const [x, y] = ([0, 1] as const).map((side) =>
    ranksOf(Float64Array.from(pairs, (pair) => pair[side])),
  );
  return correlationOf(x!, y!);
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
  const found = rankCorrelation(pairs);
  if (found === null) return null;
  const random = fixedRandom();
  const difference = (rho: number) => sign * (rho - number);
  const draw = () => pairs.map(() => pairs[Math.floor(random() * pairs.length)]!);
  const draws = Float64Array.from({ length: DRAWS }, () =>
    difference(rankCorrelation(draw()) ?? 0),
  ).sort();
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
