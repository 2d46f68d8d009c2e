import { oneOf, real, refuseUnknown, whole } from "../errors";
import type { EdgeWeightOptions } from "../graph/index-graph";
import type { RunOptions } from "../steps";

/** How influence spreads and how accurately it is computed. */
export interface InfluenceOptions extends EdgeWeightOptions, RunOptions {
  /**
   * Probability of a return to the start at each step, above 0 and at most 1 (default 0.15). The `alpha` of graphology's pagerank
   * is the probability to continue: `restart = 1 − alpha`.
   */
  restart?: number | undefined;
  /**
   * `"symmetric"` (default): D^(−1/2)·A·D^(−1/2), ReNode's. `"row"`: D^(−1)·A, the random walk of PageRank, whose scores
   * sum to 1.
   */
  normalization?: "symmetric" | "row" | undefined;
  /** Whether a loop of weight 1 is first added to each node (default true). */
  selfLoops?: boolean | undefined;
  /** `"power"` (default): power iteration, exact. `"push"`: local push, for graphs that are too large for that. */
  method?: "power" | "push" | undefined;
  /** Power iteration ends when a plain step changes no entry by more than this, above 0 (default 1e-12). */
  tolerance?: number | undefined;
  /** Iterations before `ERR_NOT_CONVERGED`, from 1 (default 10,000). */
  maxIterations?: number | undefined;
  /**
   * Push: an entry x lacks at most `epsilon`·degree(x) in the scale of the random walk, above 0. Default: scores of conflict
   * refine it until their ranks settle; rows that are asked for themselves have 1e-4.
   */
  epsilon?: number | undefined;
  /** Push: pushes in a call before `ERR_NOT_CONVERGED`, from 1 (default 200 million). */
  maxPushes?: number | undefined;
  /** Push: keeps only the largest entries of a row, from 1 (default: all). */
  topK?: number | undefined;
}

/** The options common to all callers, with defaults filled in. */
export interface InfluenceSettings {
  restart: number;
  normalization: "symmetric" | "row";
  selfLoops: boolean;
  method: "power" | "push";
  tolerance: number;
  maxIterations: number;
  /** Null: to be refined. */
  epsilon: number | null;
  maxPushes: number;
  topK: number;
}

/** Names for the hint of what takes these options. */
export const influenceNames: readonly (keyof InfluenceOptions)[] = [
  "restart",
  "normalization",
  "selfLoops",
  "method",
  "tolerance",
  "maxIterations",
  "epsilon",
  "maxPushes",
  "topK",
  "getEdgeWeight",
  "signal",
  "onProgress",
];

/**
 * Refuses options that are not those of influence, which are passed on whole.
 *
 * @param names of all options of the function, for the hint
 * @throws {RenodeError} `ERR_ARGUMENT`
 */
export function refuseOthers(
  place: string,
  {
    restart: _restart,
    normalization: _normalization,
    selfLoops: _selfLoops,
    method: _method,
    tolerance: _tolerance,
    maxIterations: _maxIterations,
    epsilon: _epsilon,
    maxPushes: _maxPushes,
    topK: _topK,
    getEdgeWeight: _getEdgeWeight,
    signal: _signal,
    onProgress: _onProgress,
    ...rest
  }: InfluenceOptions,
  names: readonly string[] = [],
): void {
  refuseUnknown(place, rest, names);
}

/** @throws {RenodeError} `ERR_RANGE` or `ERR_ARGUMENT` */
export function influenceSettings(
  {
    restart = 0.15,
    normalization = "symmetric",
    method = "power",
    selfLoops = true,
    tolerance = 1e-12,
    maxIterations = 10_000,
    epsilon,
    maxPushes = 200_000_000,
    topK = Number.POSITIVE_INFINITY,
  }: InfluenceOptions,
  place: string,
): InfluenceSettings {
  real(place, "restart", restart, { above: 0, max: 1 });
  oneOf(place, "normalization", normalization, ["symmetric", "row"]);
  oneOf(place, "method", method, ["power", "push"]);
  real(place, "tolerance", tolerance, { above: 0, below: 1 });
  whole(place, "maxIterations", maxIterations, { min: 1 });
  if (epsilon !== undefined) real(place, "epsilon", epsilon, { above: 0, below: 1 });
  whole(place, "maxPushes", maxPushes, { min: 1 });
  if (topK !== Number.POSITIVE_INFINITY) whole(place, "topK", topK, { min: 1 });
  return {
    restart,
    normalization,
    selfLoops,
    method,
    tolerance,
    maxIterations,
    epsilon: epsilon ?? null,
    maxPushes,
    topK,
  };
}
