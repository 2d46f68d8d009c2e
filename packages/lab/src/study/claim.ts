import type { Quantity } from "./quantity";
import type { StudyRuns } from "./runs";

/**
 * What a paper reports of two quantities: that one is lower, or, with a margin, that they are practically equal. An equality
 * cannot be claimed without a margin, since every noisy pair would then count as equal.
 */
export interface Claim<R = unknown, S = unknown> {
  /** Id of the experiment that it belongs to. */
  experiment?: string;
  /** What part of the study it is about, such as a task. */
  scope?: string;
  lower: Quantity<R, S>;
  higher: Quantity<R, S>;
  /**
   * Makes the claim an equality: the mean difference lies within ±margin. In the unit of the quantity, above 0, stated
   * before the results are known.
   */
  margin?: number;
  /** What the paper measured, for readers. */
  paper: string;
  /** Why the study may show the reverse; may be worded from its runs. */
  ifReversed?: string | Reason<R, S>;
}

/** Words a reason from the runs. A method's type, so that claims about fewer settings fit studies with more. */
type Reason<R, S> = { from(runs: StudyRuns<S, R>): string }["from"];
