import { listOf } from "../errors";

/** How step scores become the score of a solution. */
export type Aggregation = "min" | "product" | "last" | "mean";

/** Where a reward model's labels come from. */
export type LabelSource = "completions" | "judge" | "people";

/**
 * The default aggregation: a model trained on completions predicts future success, so its `last` score is the most
 * informative; for one trained on verdicts about steps it is the product.
 *
 * @see Zhang et al. 2025 (Qwen2.5-Math-PRM), section 4
 */
export const defaultAggregation = (source: LabelSource): Aggregation =>
  source === "completions" ? "last" : "product";

/**
 * The score of a solution from those of its steps; the product is a sum of logarithms. `min` does not depend on the number
 * of steps, `product` falls with it.
 *
 * @param scores in [0, 1], one per step
 * @returns null for no steps
 */
export function aggregate(scores: readonly number[], kind: Aggregation = "last"): number | null {
  listOf("aggregate", "scores", scores);
  if (scores.length === 0) return null;
  if (kind === "last") return scores.at(-1)!;
  if (kind === "min") return scores.reduce((least, score) => Math.min(least, score), 1);
  if (kind === "mean") return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return Math.exp(scores.reduce((sum, score) => sum + Math.log(score), 0));
}
