import type { VNode } from "preact";

/** A picture with a line that says what its colours are. */
export interface QuotedPicture {
  picture: VNode;
  caption: string;
}

/** What a page shows now, as it is quoted: in a picture file, a poster or a preview. */
export interface Quote {
  /** One to three pictures. */
  pictures(): readonly QuotedPicture[];
  /** The state in words, such as "seed 1". */
  settings(): string;
  /** What came out, in a line with its numbers. */
  outcome(): string;
}
