/**
 * Diagonal Fisher information of a model's weights.
 *
 * @packageDocumentation
 */
export { diagonalFisher } from "./diagonal-fisher";
export { type FisherPlace, fisherAt } from "./fisher-at";
export type { FisherNeed } from "./fisher-need";
