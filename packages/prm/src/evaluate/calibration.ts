import { betaInterval } from "../annotate/beta-interval";
import { listOf, optionsOf, PrmError, real, refuseUnknown, whole } from "../errors";

/** The scores in one range, compared with their labels. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly meanScore: number;
  /** Mean label: the share of good steps for hard labels. */
  readonly meanLabel: number;
  /** 95 % interval of the share, for hard labels. */
  readonly interval: readonly [number, number];
}

/** The calibration of scores. */
export interface Calibration {
  /** Non-empty bins, in order. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: `Σ (count/total) · |mean score − mean label|`. */
  readonly expectedError: number;
  /** Maximum calibration error: the largest difference in a bin. */
  readonly largestError: number;
  /** Brier score: mean of `(score − label)²`. */
  readonly brier: number;
}

/**
 * The reliability curve of step scores and their expected calibration error.
 *
 * @param scores in [0, 1]
 * @param labels in [0, 1], one per score
 * @param options.bins of equal width, default 10; the last one includes 1
 * @throws {PrmError} `ERR_ARGUMENT` for lists that are empty or differ in length, `ERR_RANGE` for numbers outside [0, 1]
 * @see Guo et al. 2017, section 2
 */
export function calibration(
  scores: ArrayLike<number>,
  labels: ArrayLike<number | boolean>,
  options: { bins?: number | undefined } = {},
): Calibration {
  listOf("calibration", "scores", scores);
  const { bins: binCount = 10, ...rest } = optionsOf("calibration", options);
  refuseUnknown("calibration", rest);
  whole("calibration", "bins", binCount, { min: 1 });
  if (scores.length === 0 || scores.length !== labels.length)
    throw new PrmError(
      "ERR_ARGUMENT",
      `calibration: as many scores as labels are needed, got ${scores.length} and ${labels.length}`,
    );
  const sums = Array.from({ length: binCount }, () => ({ count: 0, score: 0, label: 0 }));
  let squares = 0;
  for (let i = 0; i < scores.length; i++) {
    const [score, label] = [scores[i]!, Number(labels[i]!)];
    real("calibration", `score ${i}`, score, { min: 0, max: 1 });
    real("calibration", `label ${i}`, label, { min: 0, max: 1 });
    const bin = sums[Math.min(binCount - 1, Math.floor(score * binCount))]!;
    bin.count++;
    bin.score += score;
    bin.label += label;
    squares += (score - label) ** 2;
  }
  const bins = sums.flatMap(({ count, score, label }, i): ReliabilityBin[] => {
    if (count === 0) return [];
    const { low, high } = betaInterval(Math.round(label), count);
    const means = { meanScore: score / count, meanLabel: label / count };
    return [
      { low: i / binCount, high: (i + 1) / binCount, count, ...means, interval: [low, high] },
    ];
  });
  const gaps = bins.map(({ count, meanScore, meanLabel }) => ({
    share: count / scores.length,
    gap: Math.abs(meanScore - meanLabel),
  }));
  return {
    bins,
    expectedError: gaps.reduce((sum, { share, gap }) => sum + share * gap, 0),
    largestError: Math.max(...gaps.map(({ gap }) => gap)),
    brier: squares / scores.length,
  };
}
