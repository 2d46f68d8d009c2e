export { diagonalFisher, type FisherOptions } from "./diagonal-fisher";
export { fisherAt, fisherPlaces } from "./fisher-at";
export type { FisherNeed } from "./fisher-need";
