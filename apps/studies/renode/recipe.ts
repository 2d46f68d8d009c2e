/** Names of the graphs that the study knows. */
export const graphNames = ["cora", "citeseer"] as const;
export type GraphName = (typeof graphNames)[number];

/** Sizes of a comparison. The same for all its trainings. */
export interface ComparisonSettings {
  graphs: readonly GraphName[];
  /** Trainings per split, which differ in their initial weights and dropout. */
  initialisations: number;
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
  initialisations: 3,
  draws: 100,
  perLevel: 10,
  labelRatio: 0.05,
  imbalance: 10,
  maxEpochs: 200,
};

/** Sizes by name; seeds are splits. */
export const comparisonSettings = {
  quick: { ...full, graphs: ["cora"], initialisations: 1 },
  default: full,
  full,
} satisfies Record<string, ComparisonSettings>;

/** Splits of each size. */
export const seedCounts = { quick: 3, default: 3, full: 5 };
