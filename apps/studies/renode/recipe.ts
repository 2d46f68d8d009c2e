import type { Ratio } from "../shared/ratio";

/** Names of the graphs that the study knows. */
export const graphNames = ["cora", "citeseer"] as const;
export type GraphName = (typeof graphNames)[number];

/** Sizes of a comparison. The same for all its trainings. */
export interface ComparisonSettings {
  graphs: readonly GraphName[];
  /** Trainings of a GCN with cross-entropy per split, balanced or of a level, which differ in their initial weights and dropout … */
  initialisations: number;
  /** … and of everything else. */
  otherInitialisations: number;
  /** Balanced splits per seed for the correlation of conflict with the score, besides the seed's own. */
  moreSplits: number;
  /** Balanced splits that are drawn for the levels of topology imbalance … */
  draws: number;
  /** … and of them those in each level. */
  perLevel: number;
  /** Step splits: share of the nodes for training, δ, and head classes' nodes over tail classes', ρ. */
  labelRatio: number;
  imbalance: number;
  maxEpochs: number;
}

const full: ComparisonSettings = {
  graphs: graphNames,
  initialisations: 20,
  otherInitialisations: 6,
  moreSplits: 10,
  draws: 100,
  perLevel: 10,
  labelRatio: 0.05,
  imbalance: 10,
  maxEpochs: 200,
};

/** Sizes by name; seeds are splits. */
export const comparisonSettings = {
  quick: { ...full, graphs: ["cora"], initialisations: 1, otherInitialisations: 1, moreSplits: 3 },
  default: { ...full, initialisations: 3, otherInitialisations: 3 },
  full,
} satisfies Record<string, ComparisonSettings>;

/** The sizes of the paper's recipe beside those of the full size. */
export const ratios: readonly Ratio<ComparisonSettings>[] = [
  {
    name: "trainings of a GCN per split",
    paper: 3,
    ours: 20,
    of: ({ initialisations }) => initialisations,
  },
  {
    name: "trainings of another network per split",
    paper: 3,
    ours: 6,
    of: ({ otherInitialisations }) => otherInitialisations,
  },
  {
    name: "labels of a head class over those of another, step splits",
    paper: 10,
    ours: 10,
    of: ({ imbalance }) => imbalance,
  },
];
