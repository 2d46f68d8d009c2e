import type { VNode } from "preact";

/** A picture with a line that says what its colours are. */
export interface QuotedPicture {
  picture: VNode;
  caption: string;
}

/** The present content of a page as it is quoted: in a picture file, a poster or a preview. */
export interface Quote {
  /** One to three pictures. */
  pictures(): readonly QuotedPicture[];
  /** The state in words, such as "seed 1". */
  settings(): string;
  /** The result, in a line with its numbers. */
  outcome(): string;
}
