import type { TrainedId } from "./methods";

/** The mean mark in % over the four tasks and seeds 101 and 102, at half of the steps, by the value that is chosen. */
type Grid = readonly (readonly [value: number, mark: number])[];

/** Peak rates of each method that is recorded, ESFT-Token's at p = 0.5. */
export const rateGrids: Readonly<Partial<Record<TrainedId, Grid>>> = {
  full: [
    [0.004, 31.14],
    [0.008, 28.35],
    [0.016, 25.12],
  ],
  "esft-token": [
    [0.004, 16.46],
    [0.008, 17.75],
    [0.016, 18.69],
  ],
};

/** Thresholds p of ESFT-Token at rate 0.008, over number words and phones. */
export const thresholdGrid: Grid = [
  [0.3, 13.35],
  [0.5, 14.6],
  [0.7, 15.15],
];

/** The value of the highest mark: the one rule by which rates and thresholds are chosen. */
export const bestOf = (grid: Grid): number =>
  grid.reduce((high, one) => (one[1] > high[1] ? one : high))[0];
