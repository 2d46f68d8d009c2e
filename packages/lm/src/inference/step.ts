import type { inference, Tensor } from "@deepgrain/tensor-gpu";
import type { Workspace } from "./workspace";

/** Rows of one step that start a sequence: they attend only to one another. */
export interface FreshRows {
  first: number;
  length: number;
}

/** The rows of a step that go on where the others end: of the last block, only sampled rows need more than keys and values. */
export interface Onward {
  /** int32 [count], ascending */
  chosen: Tensor;
  /** The step over these rows alone. */
  step: Step;
}

/** One pass over a number of rows, each a token of some sequence. */
export interface Step {
  space: Workspace;
  /** Rows 0 … paged − 1 attend to keys in pages. */
  paged: number;
  fresh: readonly FreshRows[];
  /** One more than the largest position. */
  positionLimit: number;
  /** The pages of a layer, with the positions of all rows. */
  pages(layer: number): inference.KeyPages;
  /** Present in the last block where only some rows go on once keys and values are stored. */
  onward?: Onward | undefined;
}

/** The step over the rows that go on: all of them, or those in `onward`. */
export const onwardStep = (step: Step): Step => step.onward?.step ?? step;
