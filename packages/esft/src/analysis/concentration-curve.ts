import { EsftError, having, listOf } from "../errors";
import type { LayerScores } from "../scoring/expert-scores";

/**
 * The cumulative share of a layer's score in its best experts: entry k−1 is the share of the k best, the last one is 1.
 *
 * @param scores one number per expert, at least 0
 * @returns [experts]
 * @throws {EsftError} `ERR_RANGE` unless the sum of the scores is above 0
 * @see Wang et al. 2024 (ESFT), the figure of cumulative gate values by expert rank
 */
export function concentrationCurve(scores: Float64Array): Float64Array {
  listOf("concentrationCurve", "scores", scores);
  const total = scores.reduce((sum, score) => sum + score, 0);
  if (!(total > 0))
    throw new EsftError(
      "ERR_RANGE",
      `esft/concentrationCurve: scores must sum to more than 0, got ${total}`,
      { fields: { total } },
    );
  let sum = 0;
  return scores
    .slice()
    .sort((a, b) => b - a)
    .map((score) => {
      sum += score;
      return sum / total;
    });
}

/** The mean of the layers' curves. @throws {EsftError} `ERR_SHAPE` when layers have different numbers of experts, or none */
export function meanConcentration(scores: LayerScores): Float64Array {
  having("meanConcentration", "scores", scores, "get");
  const curves = [...scores.values()].map(concentrationCurve);
  const length = curves[0]?.length ?? 0;
  if (length === 0 || curves.some((curve) => curve.length !== length))
    throw new EsftError(
      "ERR_SHAPE",
      "esft/meanConcentration: all layers must have the same number of experts, at least 1",
    );
  const mean = new Float64Array(length);
  for (const curve of curves)
    for (let i = 0; i < length; i++) mean[i]! += curve[i]! / curves.length;
  return mean;
}
