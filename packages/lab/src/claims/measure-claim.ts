import { crossedTest } from "../statistics/crossed-bootstrap";
import { estimate, type Interval } from "../statistics/estimate";
import { confidenceInterval, pairedDifference } from "../statistics/paired-difference";
import { correlationTest, rankCorrelation } from "../statistics/rank-correlation";
import { studentTails, twoSided } from "../statistics/tails";
import { type Claim, type Quantity, type StudyRuns, seedResults } from "../study/runs";
import { bySigns, byTails, type Conclusions, leastP, type Statement } from "./conclusions";
import type { JudgedDifference, JudgedSide } from "./verdict";

/** The numbers of one claim, and what can be concluded from them; null where they tell nothing. */
export interface Measured {
  lower: JudgedSide;
  higher: JudgedSide;
  difference: JudgedDifference;
  failures: readonly number[];
  /** Null also without a margin. */
  conclusions: Conclusions | null;
  /**
   * The two-sided interval of the difference at a level, 0 to 1; null for one seed, without spread, and where signs of seeds decide,
   * which are not about the mean.
   */
  intervalAt(level: number): Interval | null;
}

/** The statement of a claim about a difference, and the difference seed by seed. */
interface Sample {
  statement: Statement | null;
  lows: (number | null)[];
  highs: (number | null)[];
  /** The numbers of both sides where both are there. */
  pairs: { low: number; high: number }[];
  failures: readonly number[];
}

const isThere = <T>(value: T | null | undefined): value is T =>
  value !== null && value !== undefined;

/** A claim at the seeds whose variants were all run and whose quantities were both measured. */
function sampleOf<S, R>(claim: Claim<R, S>, runs: StudyRuns<S, R>): Sample & { seeds: number[] } {
  const { lower, higher, relation = "<", margin } = claim;
  const needed = [...lower.variants, ...higher.variants];
  const rows = runs.seeds.flatMap((seed) => {
    const results = seedResults(runs, seed);
    if (needed.some((id) => results.result(id) === undefined)) return [];
    const [low, high] = [lower, higher].map((own) => own.read(results, runs.settings));
    return low === undefined || high === undefined ? [] : [{ seed, low, high }];
  });
  const hasBoth = (row: (typeof rows)[number]) => row.low !== null && row.high !== null;
  return {
    statement: margin === undefined ? null : { relation, margin },
    seeds: rows.map(({ seed }) => seed),
    lows: rows.map(({ low }) => low),
    highs: rows.map(({ high }) => high),
    pairs: rows.filter(hasBoth).map(({ low, high }) => ({ low: low!, high: high! })),
    failures: rows.filter((row) => !hasBoth(row)).map(({ seed }) => seed),
  };
}

/** The level of intervals that decide nothing. */
const USUAL = 0.95;

const NOTHING = { mean: null, standardError: null, interval: null, p: null, seeds: 0 };

const differenceOf = (pairs: Sample["pairs"]) =>
  pairedDifference(
    pairs.map(({ low }) => low),
    pairs.map(({ high }) => high),
  );

/** Where some seeds lack a number: seeds for and against the claim are counted. */
function compareSigns({ statement, pairs, failures }: Sample) {
  const differences = pairs.map(({ low, high }) => high - low);
  const found = pairs.length === 0 ? NOTHING : differenceOf(pairs);
  const missing = failures.length;
  const order = bySigns({ relation: "<", margin: 0 }, differences, missing);
  const difference: JudgedDifference = {
    ...found,
    level: USUAL,
    p: leastP(order),
    over: "signs of seeds",
  };
  const conclusions = statement && bySigns(statement, differences, missing);
  return { difference, conclusions, intervalAt: () => null };
}

function compareSeeds({ statement, pairs }: Sample) {
  const found = differenceOf(pairs);
  const tails = studentTails(found);
  const difference: JudgedDifference = { ...found, level: USUAL, over: "seeds" };
  const conclusions = statement && tails && byTails(statement, tails);
  const intervalAt = (level: number) =>
    found.interval === null ? null : confidenceInterval(found, level);
  return { difference, conclusions, intervalAt };
}

/** Over seeds and items, where both sides have items at all seeds; otherwise null. */
function compareItems<S, R>(
  { lower, higher }: Claim<R, S>,
  runs: StudyRuns<S, R>,
  seeds: number[],
  { statement }: Sample,
) {
  const rowsOf = (quantity: Quantity<R, S>) =>
    seeds.map((seed) => quantity.items?.(seedResults(runs, seed), runs.settings)).filter(isThere);
  const [left, right] = [rowsOf(lower), rowsOf(higher)];
  if (left.length < seeds.length || right.length < seeds.length) return null;
  const { difference: found, tails, intervalAt } = crossedTest(left, right);
  const difference: JudgedDifference = { ...found, level: USUAL, over: "seeds and items" };
  return { difference, conclusions: statement && tails && byTails(statement, tails), intervalAt };
}

/** The pairs of a quantity at all seeds; null where it has none. */
const pairsOf = <S, R>(
  quantity: Quantity<R, S>,
  runs: StudyRuns<S, R>,
  seeds: readonly number[],
) =>
  quantity.pairs === undefined
    ? null
    : seeds.flatMap((seed) => quantity.pairs!(seedResults(runs, seed), runs.settings) ?? []);

/** Over pairs, where one side is a rank correlation and the other a number, the same at all seeds; otherwise null. */
function comparePairs<S, R>(
  { lower, higher }: Claim<R, S>,
  runs: StudyRuns<S, R>,
  seeds: number[],
  { statement, pairs: sides }: Sample,
) {
  const [left, right] = [pairsOf(lower, runs, seeds), pairsOf(higher, runs, seeds)];
  const pairs = left ?? right;
  if (pairs === null || sides.length === 0) return null;
  const { low, high } = sides[0]!;
  const found = correlationTest(
    pairs,
    left ? { number: high, sign: -1 } : { number: low, sign: 1 },
  );
  if (found === null) return null;
  const { value, standardError, tails, intervalAt } = found;
  const difference: JudgedDifference = {
    mean: value,
    standardError,
    seeds: seeds.length,
    interval: intervalAt(USUAL),
    p: tails && twoSided(tails, 0),
    level: USUAL,
    over: "pairs",
  };
  return { difference, conclusions: statement && tails && byTails(statement, tails), intervalAt };
}

/**
 * Measures a claim at the seeds that measured both of its quantities.
 *
 * @param names of variants by id
 * @returns undefined where there is no such seed
 * @throws {LabError} `ERR_RANGE` for a value that is not finite
 */
export function measureClaim<S, R>(
  claim: Claim<R, S>,
  runs: StudyRuns<S, R>,
  names: ReadonlyMap<string, string>,
): Measured | undefined {
  const { seeds, ...sample } = sampleOf(claim, runs);
  if (seeds.length === 0) return undefined;
  const { lows, highs, failures } = sample;
  const compared =
    failures.length > 0
      ? compareSigns(sample)
      : (comparePairs(claim, runs, seeds, sample) ??
        compareItems(claim, runs, seeds, sample) ??
        compareSeeds(sample));
  const sideOf = (quantity: Quantity<R, S>, all: Sample["lows"]) => {
    const { measure, subject, variants } = quantity;
    const own = subject ?? variants.map((id) => names.get(id)).join(" and ");
    const values = all.filter(isThere);
    if (values.length === 0)
      return { measure, subject: own, variants, mean: null, standardError: null, seeds: 0 };
    const { interval: _, ...found } = estimate(values);
    const pairs = pairsOf(quantity, runs, seeds);
    if (pairs === null) return { measure, subject: own, variants, ...found };
    const { standardError } = compared.difference;
    return {
      measure,
      subject: own,
      variants,
      ...found,
      mean: rankCorrelation(pairs),
      standardError,
    };
  };
  return {
    lower: sideOf(claim.lower, lows),
    higher: sideOf(claim.higher, highs),
    failures,
    ...compared,
  };
}
