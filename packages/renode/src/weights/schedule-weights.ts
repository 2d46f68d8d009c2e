import { listOf, oneOf, optionsOf, RenodeError, real, refuseUnknown } from "../errors";

export interface ScheduleOptions {
  /** Weight of the highest score, from 0 (default 0.5). ReNode's grid: 0.25, 0.5, 0.75. */
  minWeight?: number | undefined;
  /** Weight of the lowest score, at least `minWeight` (default 1.5). ReNode's grid: 1.75, 1.5, 1.25. */
  maxWeight?: number | undefined;
  /** `"last"` (default, ReNode's code): ranks are divided by L − 1. `"count"` (ReNode's paper): by L. */
  rankDivisor?: "last" | "count" | undefined;
  /** Equal scores: ranked in the given order (`"order"`, default, ReNode's), or all with their mean rank (`"average"`). */
  ties?: "order" | "average" | undefined;
  /** Scores below this count as 0, and scores that differ by no more than this as equal (default 1e-12). */
  tieTolerance?: number | undefined;
}

/** Ranks and weights in the order of the scores. */
export interface ScheduledWeights {
  /** 0 for the lowest score to L − 1 for the highest, shape [L]. With `ties: "average"` fractions are possible. */
  readonly ranks: Float64Array;
  /** shape [L] */
  readonly weights: Float64Array;
}

const PLACE = "scheduleWeights";

/** Runs of equal scores, lowest first; positions ascend within a run. */
function tiedRuns(scores: ArrayLike<number>, tieTolerance: number): number[][] {
  const cut = Array.from(scores, (score) => (score < tieTolerance ? 0 : score));
  const order = cut.map((_, v) => v).sort((a, b) => cut[a]! - cut[b]! || a - b);
  const runs: number[][] = [];
  for (const v of order) {
    const run = runs.at(-1);
    if (run && cut[v]! - cut[run[0]!]! <= tieTolerance) run.push(v);
    else runs.push([v]);
  }
  return runs.map((run) => run.sort((a, b) => a - b));
}

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * ReNode's cosine schedule: the lowest score gets the highest weight.
 *
 * w_v = w_min + ½·(w_max − w_min)·(1 + cos(π·rank_v / (L − 1)))
 *
 * Their mean is (w_min + w_max)/2 (with `rankDivisor: "last"`, for both kinds of ties), so with limits symmetric around 1 the
 * effective learning rate is unchanged. A single score gets that mean.
 *
 * @param scores conflict scores, finite, shape [L], L ≥ 1
 * @throws {RenodeError} `ERR_RANGE` for `maxWeight` below `minWeight` or a score that is not finite, `ERR_ARGUMENT`, `ERR_LABEL`
 *   without scores
 * @see Chen et al. 2021, section 3.3, equation 6
 */
export function scheduleWeights(
  scores: ArrayLike<number>,
  options: ScheduleOptions = {},
): ScheduledWeights {
  listOf("scheduleWeights", "scores", scores);
  const {
    minWeight = 0.5,
    maxWeight = 1.5,
    rankDivisor = "last",
    ties = "order",
    tieTolerance = 1e-12,
    ...rest
  } = optionsOf("scheduleWeights", options);
  refuseUnknown("scheduleWeights", rest);
  real(PLACE, "minWeight", minWeight, { min: 0 });
  real(PLACE, "maxWeight", maxWeight, { min: minWeight });
  real(PLACE, "tieTolerance", tieTolerance, { min: 0 });
  oneOf(PLACE, "rankDivisor", rankDivisor, ["last", "count"]);
  oneOf(PLACE, "ties", ties, ["order", "average"]);
  const count = scores.length;
  if (count === 0) throw new RenodeError("ERR_LABEL", `renode/${PLACE}: there are no scores`);
  for (let v = 0; v < count; v++) real(PLACE, `score ${v}`, scores[v]);
  const divisor = rankDivisor === "last" ? count - 1 : count;
  const weightAt = (rank: number) =>
    count === 1
      ? (minWeight + maxWeight) / 2
      : minWeight + 0.5 * (maxWeight - minWeight) * (1 + Math.cos((Math.PI * rank) / divisor));
  const result = { ranks: new Float64Array(count), weights: new Float64Array(count) };
  let rank = 0;
  for (const run of tiedRuns(scores, tieTolerance)) {
    const own = Float64Array.from(run, (_, i) => rank + i);
    const weights = own.map(weightAt);
    const isAveraged = ties === "average";
    for (const [i, v] of run.entries()) {
      result.ranks[v] = isAveraged ? mean(own) : own[i]!;
      result.weights[v] = isAveraged ? mean(weights) : weights[i]!;
    }
    rank += run.length;
  }
  return result;
}
