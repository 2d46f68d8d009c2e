import { functionOf, optionsOf, PrmError, real, refuseUnknown, whole } from "../errors";
import type { LabelledRow } from "../formats/labelled-row";
import { type StepScorer, scoreSteps } from "../models/step-scorer";
import { calibration } from "./calibration";
import { outcomeShift } from "./outcome-shift";
import { firstBelow, processBenchMetrics } from "./process-bench";

/** Options of `evaluateScorer`. */
export interface EvaluateScorerOptions {
  /** A step that scores below it is wrong. Default 0.5. */
  readonly threshold?: number | undefined;
  /** Bins of the reliability curve. Default 10. */
  readonly bins?: number | undefined;
  /** Whether rows are labelled up to their first error, as ProcessBench's: then F1 of first errors is measured. Default false. */
  readonly firstErrors?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Index of the first wrong step, −1 for none. */
const firstError = (labels: LabelledRow["labels"]): number =>
  labels.findIndex((label) => label !== null && Number(label) <= 0.5);

/**
 * Measures a scorer on labelled solutions, each of which is scored once.
 *
 * @returns accuracy and calibration over the steps with a label, the share of solutions whose lowest score is the last
 *   one's, and the F1 of first errors if asked for
 * @throws {PrmError} `ERR_RANGE`; `ERR_FORMAT` when no step has a label; what `scoreSteps` throws
 */
export async function evaluateScorer(
  scorer: StepScorer,
  rows: readonly LabelledRow[],
  options: EvaluateScorerOptions = {},
) {
  const {
    threshold = 0.5,
    bins = 10,
    firstErrors = false,
    signal,
    ...rest
  } = optionsOf("evaluateScorer", options);
  refuseUnknown("evaluateScorer", rest);
  real("evaluateScorer", "threshold", threshold, { min: 0, max: 1 });
  whole("evaluateScorer", "bins", bins, { min: 1 });
  functionOf("evaluateScorer", "scorer", scorer);
  const all = await Promise.all(
    rows.map(({ problem, steps }) => scoreSteps(scorer, problem, steps, { signal })),
  );
  const pairs = rows.flatMap(({ labels }, i) =>
    labels.flatMap((label, step) =>
      label === null ? [] : [{ score: all[i]![step]!, label: Number(label) }],
    ),
  );
  if (pairs.length === 0)
    throw new PrmError("ERR_FORMAT", "evaluateScorer: no step of the rows has a label");
  const [scores, labels] = [pairs.map(({ score }) => score), pairs.map(({ label }) => label)];
  const right = pairs.filter(({ score, label }) => score >= threshold === label > 0.5).length;
  const found = rows.map((row, i) => ({
    label: firstError(row.labels),
    prediction: firstBelow(all[i]!, threshold),
  }));
  return {
    steps: pairs.length,
    accuracy: right / pairs.length,
    calibration: calibration(scores, labels, { bins }),
    outcomeShift: outcomeShift(all),
    processBench: firstErrors ? processBenchMetrics(found) : undefined,
  };
}
