import { listOf, ScalingLawsError } from "../errors";
import type { Run } from "../runs/run";
import {
  type DecoderShape,
  flopsPerToken,
  flopsPerTokenN1,
  flopsPerTokenN2,
  type ScaleMeasure,
} from "./flops-per-token";

/**
 * The same runs on another measure of scale: `model` becomes M, 6N1 or 6N2 of the run's shape and `flops` becomes
 * model · tokens. The old FLOPs stay as `budget` (unless one was given), so that runs which shared a budget still do.
 *
 * @param runs with `layers` and `width`, for M also `sequenceLength`, for 6N2 also `vocab`
 * @throws {ScalingLawsError} `ERR_ARGUMENT` naming the run and the key that is missing
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3.2
 */
export function measureRuns(runs: readonly Run[], measure: ScaleMeasure): Run[] {
  listOf("measureRuns", "runs", runs);
  const needed = {
    M: ["layers", "width", "sequenceLength"],
    "6N1": ["layers", "width"],
    "6N2": ["layers", "width", "vocab"],
  } as const;
  const scale = { M: flopsPerToken, "6N1": flopsPerTokenN1, "6N2": flopsPerTokenN2 }[measure];
  return runs.map((run, row) => {
    const missing = needed[measure].find((key) => run[key] === undefined);
    if (missing !== undefined)
      throw new ScalingLawsError(
        "ERR_ARGUMENT",
        `scaling-laws/measureRuns: runs[${row}] has no ${missing}, which ${measure} needs`,
        { fields: { row, key: missing, measure } },
      );
    const model = scale(run as DecoderShape & { vocab: number });
    return { ...run, budget: run.budget ?? run.flops, model, flops: model * run.tokens };
  });
}
