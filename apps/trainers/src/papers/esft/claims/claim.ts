import type { ExperimentId } from "../experiments";
import type { Quantity } from "../quantities";

/** An ordering that the paper reports. */
export interface Claim {
  experiment: ExperimentId;
  /** The task, or what else it is about. */
  scope: string;
  /** What is compared. */
  measure: string;
  lower: Quantity;
  higher: Quantity;
  /** The paper found the two equal, as near as it says. */
  isEqual?: boolean;
  /** What the paper measured. */
  paper: string;
  /** Why it may be the reverse here. */
  ifReversed?: string;
}

/** The scope of claims about means over tasks. */
export const ALL_TASKS = "all tasks";
