import type { Target } from "./reward-models";

/** Loss on labels of 300 solutions that are not trained on, mean of seeds 101 and 102, in nats, by the peak rate. */
type Grid = readonly (readonly [rate: number, loss: number])[];

/** The rates that each reward model's own was chosen from, at half of the recorded steps. */
export const grids: Readonly<Record<Target, Grid>> = {
  process: [
    [1e-4, 0.384],
    [3e-4, 0.3331],
    [1e-3, 0.3504],
  ],
  outcome: [
    [1e-4, 0.3933],
    [3e-4, 0.3598],
    [1e-3, 0.5195],
  ],
};

/** The rate of the least loss: the one rule for both. */
export const bestOf = (grid: Grid): number =>
  grid.reduce((low, one) => (one[1] < low[1] ? one : low))[0];
