import { EsftError, listOf, textOf } from "../errors";
import { chrF } from "./chr-f";
import { exactMatch } from "./exact-match";
import { intentMatch } from "./intent-match";
import { rougeL } from "./rouge-l";

/** A metric by name, or a function of prediction and reference that gives 0 to 1. */
export type Metric =
  | "intent"
  | "rouge-l"
  | "chrf"
  | "exact"
  | ((prediction: string, reference: string) => number);

const named = { intent: intentMatch, "rouge-l": rougeL, chrf: chrF, exact: exactMatch };

/**
 * A prediction as the official evaluation of a task reads it: for a translation, the text before the first blank line,
 * as models may continue with another question; otherwise the whole text.
 * @see Wang et al. 2024 (ESFT), official repository, `eval.py`
 */
export const officialAnswer = (task: string, prediction: string): string => {
  textOf("officialAnswer", "task", task);
  return task === "translation" ? prediction.split("\n\n", 1)[0]! : prediction;
};

/** The metric of a task's official evaluation, offline: a judging model is replaced by ROUGE-L or chrF. */
export const taskMetrics: Readonly<Record<string, Extract<Metric, string>>> = {
  intent: "intent",
  summary: "rouge-l",
  law: "rouge-l",
  translation: "chrf",
};

/**
 * Scores each prediction against its references; with several references, the best score counts.
 * @returns scores from 0 to 1 in order, and their mean
 * @throws {EsftError} `ERR_SHAPE` when counts differ, `ERR_MISSING` without predictions or references
 */
export function evaluatePredictions(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  metric: Metric,
): { scores: number[]; mean: number } {
  listOf("evaluatePredictions", "predictions", predictions);
  if (predictions.length !== references.length)
    throw new EsftError(
      "ERR_SHAPE",
      `esft/evaluatePredictions: there must be as many references as predictions, got ${references.length} and ${predictions.length}`,
    );
  const mark = typeof metric === "function" ? metric : named[metric];
  const scores = predictions.map((prediction, i) => {
    const own = references[i]!;
    if (own.length === 0)
      throw new EsftError(
        "ERR_MISSING",
        `esft/evaluatePredictions: prediction ${i} must have a reference`,
        { fields: { index: i } },
      );
    return Math.max(...own.map((reference) => mark(prediction, reference)));
  });
  if (scores.length === 0)
    throw new EsftError("ERR_MISSING", "esft/evaluatePredictions: there are no predictions");
  return { scores, mean: scores.reduce((sum, score) => sum + score, 0) / scores.length };
}
