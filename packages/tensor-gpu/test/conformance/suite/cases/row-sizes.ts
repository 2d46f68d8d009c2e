import { EDGE_SIZES, pairs } from "../numbers";

/** Numbers of rows and lengths of a row. */
export const ROW_SIZES = [
  ...pairs([1, 3], EDGE_SIZES),
  ...pairs([33], [1, 5, 64, 257]),
  ...pairs([0], [5]),
  ...pairs([270], [257]),
];
export const FILLED_ROWS = ROW_SIZES.filter(([, n]) => n > 0);
