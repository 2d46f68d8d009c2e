import {
  AlignError,
  finite,
  listOf,
  oneOf,
  optionsOf,
  real,
  refuseUnknown,
  whole,
} from "../errors";

/**
 * How a step's score becomes its reward. `sum`: unchanged, so that every further step is rewarded; `centred`: minus
 * ½; `difference`: minus the score of the previous step, so that the rewards sum to the last score; `min`: the change
 * of the lowest score so far, so that they sum to the lowest score.
 */
export type StepCredit = "sum" | "centred" | "difference" | "min";

/** Options of {@link guardStepRewards}. */
export interface StepGuardOptions {
  /** Default `"sum"`, which has no guard. */
  credit?: StepCredit | undefined;
  /** Steps beyond this number get no reward. Default: no limit. */
  maxSteps?: number | undefined;
  /** Subtracted from each step that repeats an earlier one, at least 0. Default 0. */
  repeatPenalty?: number | undefined;
  /** The contents of the steps, such as their texts; needed with `repeatPenalty`. */
  steps?: readonly string[] | undefined;
}

const credits: Record<StepCredit, (scores: readonly number[], i: number) => number> = {
  sum: (scores, i) => scores[i]!,
  centred: (scores, i) => scores[i]! - 0.5,
  difference: (scores, i) => scores[i]! - (scores[i - 1] ?? 0),
  min(scores, i) {
    if (i === 0) return scores[0]!;
    const before = Math.min(...scores.slice(0, i));
    return Math.min(before, scores[i]!) - before;
  },
};

/**
 * Converts step scores to rewards that do not favour more steps. Scores of a process reward model are positive, so
 * their sum grows with every added step.
 *
 * @param scores one per step, in order, finite
 * @returns one reward per step
 * @throws {AlignError} `ERR_NOT_FINITE` for a score; `ERR_RANGE` for options out of range; `ERR_ARGUMENT` for an unknown credit, or
 *   `repeatPenalty` without as many `steps` as scores
 * @see Wang et al. 2024 (Math-Shepherd), section 3.4, for the sum; Cheng et al. 2025 (PURE), section 4, for `min`
 */
export function guardStepRewards(
  scores: readonly number[],
  options: StepGuardOptions = {},
): number[] {
  const {
    credit = "sum",
    maxSteps = Infinity,
    repeatPenalty = 0,
    steps,
    ...rest
  } = optionsOf("guardStepRewards", options);
  refuseUnknown("guardStepRewards", rest);
  listOf("guardStepRewards", "scores", scores);
  finite("guardStepRewards", "scores", scores);
  real("guardStepRewards", "repeatPenalty", repeatPenalty, { min: 0 });
  if (maxSteps !== Infinity) whole("guardStepRewards", "maxSteps", maxSteps, { min: 1 });
  oneOf("guardStepRewards", "credit", credit, Object.keys(credits) as StepCredit[]);
  if (repeatPenalty > 0 && steps?.length !== scores.length)
    throw new AlignError(
      "ERR_ARGUMENT",
      `align/guardStepRewards: repeatPenalty needs steps, one per score (${scores.length}), got ${steps?.length ?? "none"}`,
      { fields: { scores: scores.length, steps: steps?.length } },
    );
  return scores.map((_, i) => {
    const earned = i < maxSteps ? credits[credit](scores, i) : 0;
    const isRepeated = repeatPenalty > 0 && steps!.indexOf(steps![i]!) < i;
    return isRepeated ? earned - repeatPenalty : earned;
  });
}
