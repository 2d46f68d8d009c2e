import {
  AlignError,
  finite,
  having,
  listOf,
  optionsOf,
  real,
  refuseUnknown,
  shape,
  whole,
} from "../errors";

/** Numbers per token of n answers, row-major. */
export interface TokenGrid {
  /** n, the number of answers. */
  rows: number;
  /** T, tokens of the longest answer. */
  length: number;
}

/** Inputs of {@link tokenRewards}. */
export interface TokenRewardInputs extends TokenGrid {
  /** Log-probabilities under the sampling policy, [n × T]; values in padding are ignored. */
  logps: ArrayLike<number>;
  /** The same under the reference. */
  refLogps: ArrayLike<number>;
  /** Position of each answer's last token, [n]. */
  lastIndex: ArrayLike<number>;
  /** One reward per answer, [n]. */
  scores?: ArrayLike<number> | undefined;
  /** One reward per token, [n × T], such as step rewards at the steps' last tokens; added to the others. */
  stepRewards?: ArrayLike<number> | undefined;
}

/** Options of {@link tokenRewards}. */
export interface TokenRewardOptions {
  /** Weight of the KL penalty, at least 0. Default 0.05. */
  klCoefficient?: number | undefined;
  /** `k1`: log π − log π_ref; `k3`: exp(d) − 1 − d with d = log π_ref − log π. Default `"k1"`. */
  klEstimator?: "k1" | "k3" | undefined;
  /** Where the score is placed: on the last token (default), or, as in TRL, one position later if there is one. */
  scoreAt?: "last" | "after-last" | undefined;
}

function checkGrid(
  caller: string,
  { rows, length }: TokenGrid,
  lists: Record<string, ArrayLike<number>>,
): void {
  whole(caller, "rows", rows, { min: 1 });
  whole(caller, "length", length, { min: 1 });
  for (const [name, list] of Object.entries(lists))
    shape(caller, name, [list.length], [rows * length]);
}

function checkLast(
  caller: string,
  { rows, length }: TokenGrid,
  lastIndex: ArrayLike<number>,
): void {
  shape(caller, "lastIndex", [lastIndex.length], [rows]);
  for (let row = 0; row < rows; row++) {
    const last = lastIndex[row]!;
    if (Number.isSafeInteger(last) && last >= 0 && last < length) continue;
    throw new AlignError(
      "ERR_RANGE",
      `align/${caller}: lastIndex[${row}] must be a position from 0 to ${length - 1}, got ${last}`,
      { fields: { row, last } },
    );
  }
}

/**
 * A mask: 1 up to each answer's last token and for `extra` positions after it, as far as the grid extends.
 * @returns shape [n × T]
 * @throws {AlignError} `ERR_RANGE` or `ERR_SHAPE` for positions outside the grid
 */
export function answerMask(
  grid: TokenGrid,
  lastIndex: ArrayLike<number>,
  extra: 0 | 1 = 0,
): Uint8Array {
  checkGrid("answerMask", grid, {});
  checkLast("answerMask", grid, lastIndex);
  const { rows, length } = grid;
  return Uint8Array.from({ length: rows * length }, (_, i) =>
    i % length <= lastIndex[Math.floor(i / length)]! + extra ? 1 : 0,
  );
}

/**
 * Rewards per token: −`klCoefficient`·KL on every answer token, plus the answer's score at its end and the step rewards.
 *
 * @returns rewards and KL estimates, each [n × T], 0 in padding
 * @throws {AlignError} `ERR_SHAPE`, `ERR_RANGE` for invalid inputs; `ERR_NOT_FINITE` naming a score or step reward
 *   that is NaN or infinite
 * @see Ziegler et al. 2019, equation 2; Wang et al. 2024 (Math-Shepherd), section 3.4, for step rewards
 */
export function tokenRewards(
  inputs: TokenRewardInputs,
  options: TokenRewardOptions = {},
): { rewards: Float64Array; kl: Float64Array } {
  const {
    klCoefficient = 0.05,
    klEstimator = "k1",
    scoreAt = "last",
    ...rest
  } = optionsOf("tokenRewards", options);
  refuseUnknown("tokenRewards", rest);
  having("tokenRewards", "inputs", inputs);
  const { rows, length, logps, refLogps, lastIndex, scores, stepRewards } = inputs;
  checkGrid("tokenRewards", inputs, { logps, refLogps, ...(stepRewards && { stepRewards }) });
  checkLast("tokenRewards", inputs, lastIndex);
  real("tokenRewards", "klCoefficient", klCoefficient, { min: 0 });
  if (stepRewards) finite("tokenRewards", "stepRewards", stepRewards);
  if (scores) {
    shape("tokenRewards", "scores", [scores.length], [rows]);
    finite("tokenRewards", "scores", scores);
  }
  const [rewards, kl] = [new Float64Array(rows * length), new Float64Array(rows * length)];
  for (let row = 0; row < rows; row++) {
    const [start, last] = [row * length, lastIndex[row]!];
    for (let i = start; i <= start + last; i++) {
      const d = refLogps[i]! - logps[i]!;
      kl[i] = klEstimator === "k1" ? -d : Math.expm1(d) - d;
      rewards[i] = (stepRewards?.[i] ?? 0) - klCoefficient * kl[i]!;
    }
    const at = scoreAt === "after-last" ? Math.min(last + 1, length - 1) : last;
    if (scores) rewards[start + at]! += scores[row]!;
  }
  return { rewards, kl };
}

/** Options of {@link generalizedAdvantages}. */
export interface GaeOptions {
  /** Discount, from 0 to 1. Default 1. */
  gamma?: number | undefined;
  /** Trade-off between bias and variance, from 0 to 1. Default 0.95. */
  lambda?: number | undefined;
  /** Where `gamma` applies, [n × T]; elsewhere the discount is 1. With 1 at the steps' ends a step counts as one move. */
  boundaries?: ArrayLike<number> | undefined;
}

/**
 * Generalised advantage estimates: δ_t = r_t + γ·V_{t+1} − V_t, A_t = δ_t + γλ·A_{t+1}, from the end of each row.
 *
 * @param grid sizes
 * @param rewards [n × T], 0 in padding
 * @param values [n × T], 0 in padding
 * @returns advantages, and returns A + V for the value loss, each [n × T]
 * @throws {AlignError} `ERR_SHAPE` or `ERR_RANGE`; `ERR_NOT_FINITE` naming a reward or value that is NaN or infinite
 * @see Schulman et al. 2016, equations 11 and 16
 */
export function generalizedAdvantages(
  grid: TokenGrid,
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  options: GaeOptions = {},
): { advantages: Float64Array; returns: Float64Array } {
  const {
    gamma = 1,
    lambda = 0.95,
    boundaries,
    ...rest
  } = optionsOf("generalizedAdvantages", options);
  refuseUnknown("generalizedAdvantages", rest);
  const caller = "generalizedAdvantages";
  real(caller, "gamma", gamma, { min: 0, max: 1 });
  real(caller, "lambda", lambda, { min: 0, max: 1 });
  having(caller, "grid", grid);
  checkGrid(caller, grid, { rewards, values, ...(boundaries && { boundaries }) });
  finite(caller, "rewards", rewards);
  finite(caller, "values", values);
  const { rows, length } = grid;
  const [advantages, returns] = [new Float64Array(rows * length), new Float64Array(rows * length)];
  for (let row = 0; row < rows; row++) {
    let [nextAdvantage, nextValue] = [0, 0];
    for (let i = (row + 1) * length - 1; i >= row * length; i--) {
      const discount = boundaries && !boundaries[i] ? 1 : gamma;
      const delta = rewards[i]! + discount * nextValue - values[i]!;
      nextAdvantage = delta + discount * lambda * nextAdvantage;
      nextValue = values[i]!;
      advantages[i] = nextAdvantage;
      returns[i] = nextAdvantage + nextValue;
    }
  }
  return { advantages, returns };
}

/**
 * Normalises the marked numbers to unbiased variance 1 and, unless `keepMean`, mean 0; the others become 0.
 *
 * @param mask 1 for the numbers to normalise, at least two of them
 * @throws {AlignError} `ERR_SHAPE` when lengths differ; `ERR_RANGE` with fewer than two marks
 */
export function whiten(
  numbers: ArrayLike<number>,
  mask: ArrayLike<number>,
  options: { keepMean?: boolean | undefined; epsilon?: number | undefined } = {},
): Float64Array {
  const { keepMean = false, epsilon = 1e-8, ...rest } = optionsOf("whiten", options);
  refuseUnknown("whiten", rest);
  listOf("whiten", "numbers", numbers);
  shape("whiten", "mask", [mask.length], [numbers.length]);
  let [count, sum, squares] = [0, 0, 0];
  for (let i = 0; i < numbers.length; i++) {
    if (!mask[i]) continue;
    count++;
    sum += numbers[i]!;
  }
  if (count < 2)
    throw new AlignError(
      "ERR_RANGE",
      `align/whiten: mask must mark at least 2 numbers, got ${count}`,
      {
        fields: { count },
      },
    );
  const mean = sum / count;
  for (let i = 0; i < numbers.length; i++) if (mask[i]) squares += (numbers[i]! - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / (count - 1) + epsilon);
  return Float64Array.from({ length: numbers.length }, (_, i) =>
    mask[i] ? (numbers[i]! - mean) * scale + (keepMean ? mean : 0) : 0,
  );
}
