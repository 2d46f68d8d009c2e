import type { PairChunk, PairedTensor } from "../weights/weight-pairs";

/**
 * The score that dimensions are ranked by: `r` = δ²/(Ĥ + ε), the indicator of Fine-purifying; `delta2` = δ²,
 * Fine-mixing with selection; `fisher` = 1/(Ĥ + ε) alone; `random` for no ranking, Fine-mixing.
 */
export type IndicatorKind = "r" | "delta2" | "fisher" | "random";

/** The granularity of scores: one per weight, the mean of a row, or the mean of the whole tensor. */
export type Granularity = "scalar" | "row" | "tensor";

/** √r of every element, in float32 without overflow: monotone in r, with twice its range. */
export function rootScores(
  { init, finetuned, fisher }: PairChunk,
  kind: Exclude<IndicatorKind, "random">,
  epsilon: number,
): Float32Array {
  const scores = new Float32Array(init.length);
  for (let i = 0; i < scores.length; i++) {
    const delta = kind === "fisher" ? 1 : Math.abs(finetuned[i]! - init[i]!);
    const scale = kind === "delta2" ? 1 : Math.sqrt(fisher![i]! + epsilon);
    scores[i] = delta === 0 ? 0 : delta / scale; // an unmoved weight is clean even where Ĥ is 0
  }
  return scores;
}

const rootMeanSquare = (scores: Float32Array): number => {
  let sum = 0;
  for (const score of scores) sum += score * score;
  return Math.sqrt(sum / scores.length);
};

/** Number of elements per row: vectors have one row per element. */
export const rowWidth = ({ shape, size }: PairedTensor): number =>
  shape.length < 2 ? 1 : size / Math.max(1, shape[0]!);

/** Replaces the scores of each row by the root of the mean of r over the row. @see rowWidth */
export function averageRows(scores: Float32Array, width: number): void {
  if (width === 1) return;
  for (let start = 0; start < scores.length; start += width) {
    const row = scores.subarray(start, start + width);
    row.fill(rootMeanSquare(row));
  }
}
