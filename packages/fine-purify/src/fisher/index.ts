export { diagonalFisher } from "./diagonal-fisher";
export { fisherAt, fisherPlaces } from "./fisher-at";
export type { FisherNeed } from "./fisher-need";
