import type { RatedVariant } from "./recipe";

/** Held-out loss at a peak rate, mean of seeds 101 and 102. */
type Grid = readonly (readonly [rate: number, loss: number])[];

/** The rates that each method's own was chosen from, at half the recorded steps. */
export const grids: Readonly<Record<RatedVariant, Grid>> = {
  gshard: [
    [0.002, 4.6436],
    [0.004, 4.4201],
    [0.008, 4.7003],
  ],
  "gshard-1.5": [
    [0.002, 4.6208],
    [0.004, 4.4055],
    [0.008, 4.7147],
  ],
  "deepseek-moe": [
    [0.002, 4.6445],
    [0.004, 4.4188],
    [0.008, 4.6824],
    [0.016, 4.7625],
  ],
  "dense-all": [
    [0.002, 4.6181],
    [0.004, 4.4384],
    [0.008, 4.3923],
    [0.016, 4.4298],
  ],
  "half-active": [
    [0.002, 4.65],
    [0.004, 4.4273],
    [0.008, 4.6935],
  ],
};

/** The rate of the least loss. */
export const bestOf = (grid: Grid): number =>
  grid.reduce((low, one) => (one[1] < low[1] ? one : low))[0];

/** How many methods have their best rate at the end of their grid. */
export const atGridEnd = Object.values(grids).filter((grid) =>
  [grid[0]![0], grid.at(-1)![0]].includes(bestOf(grid)),
).length;
