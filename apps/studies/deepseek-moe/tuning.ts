import type { RatedVariant } from "./recipe";

/** Held-out loss at a peak rate, mean of seeds 101 and 102. */
type Grid = readonly (readonly [rate: number, loss: number])[];

/** What each method's rate was chosen from, at half the recorded steps. */
export const grids: Readonly<Partial<Record<RatedVariant, Grid>>> = {
  gshard: [
    [0.002, 4.6436],
    [0.004, 4.4201],
    [0.008, 4.7003],
  ],
};

/** The rate of the least loss. */
export const bestOf = (grid: Grid): number =>
  grid.reduce((low, one) => (one[1] < low[1] ? one : low))[0];

/** How many methods have their best rate at the end of their grid. */
export const atGridEnd = Object.values(grids).filter((grid) =>
  [grid[0]![0], grid.at(-1)![0]].includes(bestOf(grid)),
).length;
