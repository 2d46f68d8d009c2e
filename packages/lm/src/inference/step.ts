import type { inference } from "@deepgrain/tensor-gpu";
import type { Workspace } from "./workspace";

/** Rows of one step that start a sequence: they attend only to one another. */
export interface FreshRows {
  first: number;
  length: number;
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
}
