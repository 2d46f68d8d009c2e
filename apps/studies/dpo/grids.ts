import type { MethodId } from "./methods";

/** Mean win rate by the judge at a learning rate, of seeds 101 and 102. */
type Grid = readonly (readonly [rate: number, winRate: number])[];

/** Results of `--tune`, at half of the steps of DPO: three rates a factor 2 apart, and more of them until no best one stood at an end. */
export const grids: Readonly<Record<MethodId, Grid>> = {
  dpo: [
    [0.0002, 0.5425],
    [0.0004, 0.5903],
    [0.0008, 0.5747],
    [0.0016, 0.5859],
    [0.0032, 0.5947],
    [0.0064, 0.5396],
    [0.0128, 0.5449],
  ],
  "dpo-0.5": [
    [0.0002, 0.5435],
    [0.0004, 0.5967],
    [0.0008, 0.6079],
    [0.0016, 0.6147],
    [0.0032, 0.6519],
    [0.0064, 0.6333],
    [0.0128, 0.5952],
  ],
  "dpo-sft": [
    [0.0002, 0.5459],
    [0.0004, 0.6055],
    [0.0008, 0.6172],
    [0.0016, 0.6392],
    [0.0032, 0.6543],
    [0.0064, 0.6504],
    [0.0128, 0.5981],
  ],
  ipo: [
    [0.0002, 0.542],
    [0.0004, 0.5894],
    [0.0008, 0.5942],
    [0.0016, 0.5786],
    [0.0032, 0.585],
    [0.0064, 0.543],
    [0.0128, 0.5444],
  ],
};

/** The rate with the highest mean win rate, the lower one of equals. */
export const bestOf = (grid: Grid): number =>
  grid.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
