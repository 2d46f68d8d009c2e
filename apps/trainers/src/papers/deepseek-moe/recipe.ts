/** Sizes of a comparison. The same for all its trainings. */
export interface ComparisonSettings {
  /** d. */
  hiddenSize: number;
  heads: number;
  layers: number;
  /** Bytes of a sequence, S. */
  length: number;
  /** Sequences of a batch. */
  batch: number;
  /** Width of a standard feed-forward network, I. */
  innerSize: number;
  /** Standard experts, N. */
  experts: number;
  steps: number;
  peakRate: number;
  /** Of each of the three kinds of text, at most. */
  characters: number;
  /** Held-out batches of the final measurement. */
  validationBatches: number;
  /** Points of a loss curve. */
  curvePoints: number;
}

const full: ComparisonSettings = {
  hiddenSize: 64,
  heads: 4,
  layers: 3,
  length: 64,
  batch: 32,
  innerSize: 192,
  experts: 8,
  steps: 1000,
  peakRate: 4e-3,
  characters: 1_500_000,
  validationBatches: 16,
  curvePoints: 20,
};

/** Sizes by name: about a minute, about ten minutes, and over an hour on two cores. */
export const comparisonSettings = {
  quick: {
    ...full,
    hiddenSize: 32,
    heads: 2,
    layers: 2,
    length: 32,
    batch: 16,
    innerSize: 96,
    steps: 80,
    peakRate: 1e-2,
    characters: 300_000,
    validationBatches: 8,
    curvePoints: 6,
  },
  default: {
    ...full,
    hiddenSize: 48,
    layers: 2,
    batch: 16,
    innerSize: 144,
    steps: 550,
    curvePoints: 15,
  },
  full,
} satisfies Record<string, ComparisonSettings>;

/** Paired seeds of each size. */
export const seedCounts = { quick: 3, default: 3, full: 5 };
