export { diagonalFisher } from "./diagonal-fisher";
export { fisherAt } from "./fisher-at";
export type { FisherNeed } from "./fisher-need";
