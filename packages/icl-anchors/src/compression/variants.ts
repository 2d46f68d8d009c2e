/** All variants of `compress`. */
export const compressionVariants = [
  "hidden-anchor",
  "text-anchor",
  "hidden-random",
  "hidden-random-top",
  "labels-only",
  "format-only",
  "none",
] as const;

/**
 * Which parts of the demonstrations are kept: `hidden-anchor` the states of formatting and label tokens, `text-anchor`
 * the same tokens as text, `hidden-random` the states of formatting and of as many text tokens as labels,
 * `hidden-random-top` the best of several such draws, `labels-only`, `format-only`, and `none`.
 */
export type CompressionVariant = (typeof compressionVariants)[number];
