import type { TrainedId } from "./methods";

/** The mean mark in % over the four tasks and seeds 101 and 102, at half of the steps, by the value that is chosen. */
type Grid = readonly (readonly [value: number, mark: number])[];

/** Peak rates of each method that is recorded, ESFT-Token's at p = 0.5. */
export const rateGrids: Readonly<Partial<Record<TrainedId, Grid>>> = {};

/** Thresholds p of ESFT-Token, at its rate. */
export const thresholdGrid: Grid = [];

/** The value of the highest mark: the one rule by which rates and thresholds are chosen. */
export const bestOf = (grid: Grid): number =>
  grid.reduce((high, one) => (one[1] > high[1] ? one : high))[0];
