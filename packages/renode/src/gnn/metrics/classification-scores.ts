import { RenodeError } from "../../errors";

/** Scores of predictions, all in [0, 1]. */
export interface ClassificationScores {
  readonly accuracy: number;
  /** Mean of the F1 of the classes, weighted by their number of nodes. */
  readonly weightedF1: number;
  /** Mean of the F1 of the classes that occur as label or as prediction. */
  readonly macroF1: number;
}

/**
 * Accuracy, weighted F1 and macro F1 of predicted classes.
 *
 * F1_c = 2·TP / (2·TP + FP + FN), as scikit-learn's `f1_score` with `zero_division=0`
 *
 * @param predicted class numbers from 0, −1 for none, shape [n]
 * @param actual class numbers from 0, shape [n], n ≥ 1
 * @throws {RenodeError} `ERR_SHAPE` for unequal lengths or none, `ERR_LABEL` for an actual class below 0
 */
export function classificationScores(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
): ClassificationScores {
  if (predicted.length !== actual.length || actual.length === 0)
    throw new RenodeError(
      "ERR_SHAPE",
      `renode/classificationScores: needs as many predictions as labels and at least one, got ${predicted.length} and ${actual.length}`,
    );
  const hits = new Map<number, number>();
  const predictions = new Map<number, number>();
  const support = new Map<number, number>();
  const count = (into: Map<number, number>, key: number) => into.set(key, (into.get(key) ?? 0) + 1);
  for (let i = 0; i < actual.length; i++) {
    const [guess, label] = [predicted[i]!, actual[i]!];
    if (!(label >= 0))
      throw new RenodeError(
        "ERR_LABEL",
        `renode/classificationScores: label ${i} must be a class from 0, got ${label}`,
      );
    count(support, label);
    if (guess >= 0) count(predictions, guess);
    if (guess === label) count(hits, label);
  }
  const classes = new Set([...support.keys(), ...predictions.keys()]);
  let [weighted, macro, correct] = [0, 0, 0];
  for (const c of classes) {
    const [hit, own] = [hits.get(c) ?? 0, support.get(c) ?? 0];
    const f1 = (2 * hit) / (own + (predictions.get(c) ?? 0));
    weighted += f1 * own;
    macro += f1;
    correct += hit;
  }
  return {
    accuracy: correct / actual.length,
    weightedF1: weighted / actual.length,
    macroF1: macro / classes.size,
  };
}
