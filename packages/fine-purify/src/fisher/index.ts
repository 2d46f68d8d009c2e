export { type DiagonalFisher, diagonalFisher, type FisherOptions } from "./diagonal-fisher";
export { type FisherPlace, fisherAt, fisherPlaces } from "./fisher-at";
export { type FisherNeed, fisherNeed } from "./fisher-need";
export type { RowLosses } from "./per-sample-squares";
export { type Relabelled, trueFisherPasses } from "./true-fisher";
