import { functionOf, iterableOf, optionsOf, PrmError, real, refuseUnknown } from "../errors";
import type { ProcessBenchRow } from "../formats/process-bench";
import { type StepScorer, scoreSteps } from "../models/step-scorer";

/** The measures of ProcessBench. */
export interface ProcessBenchMetrics {
  /** Share of rows with an error whose first error is named exactly. */
  readonly errorAccuracy: number;
  /** Share of rows without an error that are found to have none. */
  readonly correctAccuracy: number;
  /** Harmonic mean of both, 0 where both are 0. */
  readonly f1: number;
  readonly errorRows: number;
  readonly correctRows: number;
}

/** A row's label and a model's prediction: index of the first wrong step, −1 for none. */
export interface FirstErrorPair {
  readonly label: number;
  readonly prediction: number;
}

/** Index of the first score below the threshold, −1 without one. */
export const firstBelow = (scores: readonly number[], threshold = 0.5): number =>
  scores.findIndex((score) => score < threshold);

/**
 * Accuracy on rows with and without an error, and their harmonic mean. The average over subsets is unweighted: average the
 * `f1` of each.
 *
 * @throws {PrmError} `ERR_ARGUMENT` unless there are rows of both kinds
 * @see Zheng et al. 2024 (ProcessBench), section 3.1
 */
export const processBenchMetrics = (pairs: Iterable<FirstErrorPair>): ProcessBenchMetrics =>
  metricsOf("processBenchMetrics", pairs);

function metricsOf(where: string, pairs: Iterable<FirstErrorPair>): ProcessBenchMetrics {
  const count = { error: 0, errorHit: 0, correct: 0, correctHit: 0 };
  for (const { label, prediction } of pairs) {
    const kind = label < 0 ? "correct" : "error";
    count[kind]++;
    if (label === prediction) count[`${kind}Hit`]++;
  }
  if (count.error === 0 || count.correct === 0)
    throw new PrmError(
      "ERR_ARGUMENT",
      `${where}: rows with and without an error are needed, got ${count.error} and ${count.correct}`,
    );
  const errorAccuracy = count.errorHit / count.error;
  const correctAccuracy = count.correctHit / count.correct;
  const sum = errorAccuracy + correctAccuracy;
  return {
    errorAccuracy,
    correctAccuracy,
    f1: sum === 0 ? 0 : (2 * errorAccuracy * correctAccuracy) / sum,
    errorRows: count.error,
    correctRows: count.correct,
  };
}

/** A row with the scores of its steps. */
export interface ScoredRow {
  readonly label: number;
  readonly scores: readonly number[];
}

/**
 * The threshold with the best F1, for models whose scores are not probabilities: choose it on the GSM8K subset, then keep it.
 * On a tie the lowest is chosen.
 *
 * @throws {PrmError} `ERR_ARGUMENT` unless there are rows of both kinds
 */
export function bestThreshold(rows: readonly ScoredRow[]): { threshold: number; f1: number } {
  const values = [...new Set(rows.flatMap(({ scores }) => scores))].sort((a, b) => a - b);
  // All thresholds between two neighbouring scores are equivalent.
  const thresholds = [0, ...values.slice(1).map((value, i) => (value + values[i]!) / 2), 1.0001];
  let best = { threshold: 0, f1: -1 };
  for (const threshold of thresholds) {
    const pairs = rows.map(({ label, scores }) => ({
      label,
      prediction: firstBelow(scores, threshold),
    }));
    const { f1 } = processBenchMetrics(pairs);
    if (f1 > best.f1) best = { threshold, f1 };
  }
  return best;
}

/** Options of {@link evaluateProcessBench}. */
export interface ProcessBenchOptions {
  /** A step with a score below it is wrong. Default 0.5. */
  readonly threshold?: number | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores a subset of ProcessBench.
 *
 * @returns the measures, and the rows with their scores and predictions
 * @throws {PrmError} errors of the scorer; `ERR_ARGUMENT` unless there are rows of both kinds
 * @see Zheng et al. 2024 (ProcessBench)
 */
export async function evaluateProcessBench(
  rows: Iterable<ProcessBenchRow> | AsyncIterable<ProcessBenchRow>,
  scorer: StepScorer,
  options: ProcessBenchOptions = {},
): Promise<ProcessBenchMetrics & { rows: (FirstErrorPair & ScoredRow & { id: string })[] }> {
  const {
    threshold = 0.5,
    onProgress = () => undefined,
    signal,
    ...rest
  } = optionsOf("evaluateProcessBench", options);
  refuseUnknown("evaluateProcessBench", rest);
  iterableOf("evaluateProcessBench", "rows", rows);
  functionOf("evaluateProcessBench", "scorer", scorer);
  real("evaluateProcessBench", "threshold", threshold, { min: 0, max: 1 });
  const done: (FirstErrorPair & ScoredRow & { id: string })[] = [];
  for await (const { id, problem, steps, label } of rows) {
    signal?.throwIfAborted();
    const scores = await scoreSteps(scorer, problem, steps, { signal });
    done.push({ id, label, scores, prediction: firstBelow(scores, threshold) });
    onProgress(done.length);
  }
  return { ...metricsOf("evaluateProcessBench", done), rows: done };
}
