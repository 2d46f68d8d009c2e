import { listOf, optionsOf, PrmError, refuseUnknown } from "../errors";
import { type Calibration, calibration } from "./calibration";
import { outcomeShift } from "./outcome-shift";
import { firstBelow, type ProcessBenchMetrics, processBenchMetrics } from "./process-bench";

/** Step scores of a solution, and the index of its first wrong step, −1 without one. */
export interface KnownSolution {
  readonly scores: readonly number[];
  readonly firstError: number;
}

/** How well step scores distinguish right steps from wrong ones. */
export interface StepMeasures {
  /** Steps with a known truth: those up to the first error. */
  readonly steps: number;
  /** The share of them on the right side of the threshold. */
  readonly accuracy: number;
  readonly calibration: Calibration;
  /** First errors found; null unless there are solutions with and without one. */
  readonly firstErrors: ProcessBenchMetrics | null;
  /** Share of solutions whose lowest score is the last one's. */
  readonly outcomeShift: number;
}

/**
 * Measures step scores against known first errors. Steps after an error have no defined truth and are left out, except
 * for the shift.
 *
 * @throws {PrmError} `ERR_ARGUMENT` without solutions or for one without steps; `ERR_RANGE` for a score outside 0 to 1
 * @see Zheng et al. 2024 (ProcessBench); Zhang et al. 2025 (Qwen2.5-Math-PRM), section 4
 */
export function stepMeasures(
  solutions: readonly KnownSolution[],
  options: { threshold?: number | undefined; bins?: number | undefined } = {},
): StepMeasures {
  listOf("stepMeasures", "solutions", solutions);
  const { threshold = 0.5, bins = 10, ...rest } = optionsOf("stepMeasures", options);
  refuseUnknown("stepMeasures", rest);
  if (solutions.length === 0)
    throw new PrmError("ERR_ARGUMENT", "stepMeasures: there are no solutions");
  const pairs = solutions.flatMap(({ scores, firstError }) =>
    scores
      .slice(0, firstError < 0 ? scores.length : firstError + 1)
      .map((score, i) => ({ score, isGood: i !== firstError })),
  );
  const right = pairs.filter(({ score, isGood }) => score >= threshold === isGood).length;
  const withError = solutions.filter(({ firstError }) => firstError >= 0).length;
  const hasBoth = withError > 0 && withError < solutions.length;
  return {
    steps: pairs.length,
    accuracy: right / pairs.length,
    calibration: calibration(
      pairs.map(({ score }) => score),
      pairs.map(({ isGood }) => isGood),
      { bins },
    ),
    firstErrors: hasBoth
      ? processBenchMetrics(
          solutions.map(({ scores, firstError: label }) => ({
            label,
            prediction: firstBelow(scores, threshold),
          })),
        )
      : null,
    outcomeShift: outcomeShift(solutions.map(({ scores }) => scores)),
  };
}
