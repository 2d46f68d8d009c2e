/** Variants with a peak rate of their own. The others are DeepSeekMoE with one thing changed and have its rate. */
export type RatedVariant =
  | "dense"
  | "hash"
  | "switch"
  | "gshard"
  | "deepseek-moe"
  | "shared-1"
  | "segments-2"
  | "gshard-1.2"
  | "gshard-1.5"
  | "dense-quarter"
  | "dense-all"
  | "half-active";

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
  /** Peak rates: of three or four that of the least loss on seed 100, which is not a paired seed. */
  rates: Readonly<Record<RatedVariant, number>>;
  /** A peak rate that everything has instead of its own. */
  oneRate: number | null;
  /** Ids of variants that are not trained: points of a sweep that no claim reads. */
  leftOut: readonly string[];
  /** Of each of the three kinds of text, at most. */
  characters: number;
  /** Held-out batches of the final measurement. */
  validationBatches: number;
  /** Points of a loss curve. */
  curvePoints: number;
}

const base: ComparisonSettings = {
  hiddenSize: 64,
  heads: 4,
  layers: 3,
  length: 64,
  batch: 32,
  innerSize: 192,
  experts: 8,
  steps: 1000,
  rates: {
    dense: 4e-3,
    hash: 8e-3,
    switch: 4e-3,
    gshard: 8e-3,
    "deepseek-moe": 4e-3,
    "shared-1": 4e-3,
    "segments-2": 4e-3,
    "gshard-1.2": 8e-3,
    "gshard-1.5": 4e-3,
    "dense-quarter": 4e-3,
    "dense-all": 4e-3,
    "half-active": 4e-3,
  },
  oneRate: null,
  leftOut: [],
  characters: 1_500_000,
  validationBatches: 16,
  curvePoints: 20,
};

/** Sizes by name: about a minute, about ten minutes, and an hour and a half on two cores. */
export const comparisonSettings = {
  quick: {
    ...base,
    hiddenSize: 32,
    heads: 2,
    layers: 2,
    length: 32,
    batch: 16,
    innerSize: 96,
    steps: 80,
    rates: {
      dense: 5e-3,
      hash: 1e-2,
      switch: 1e-2,
      gshard: 5e-3,
      "deepseek-moe": 1e-2,
      "shared-1": 5e-3,
      "segments-2": 1e-2,
      "gshard-1.2": 1e-2,
      "gshard-1.5": 1e-2,
      "dense-quarter": 1e-2,
      "dense-all": 2e-2,
      "half-active": 1e-2,
    },
    characters: 300_000,
    validationBatches: 8,
    curvePoints: 6,
  },
  default: {
    ...base,
    hiddenSize: 48,
    layers: 2,
    batch: 16,
    innerSize: 144,
    steps: 550,
    curvePoints: 15,
  },
  full: {
    ...base,
    leftOut: ["alpha-1e-4", "bias-sign-1e-4", "bias-proportional-1e-3", "devices-2"],
  },
} satisfies Record<string, ComparisonSettings>;

/** Peak rate of a variant. */
export const rateOf = (id: string, { rates, oneRate }: ComparisonSettings): number =>
  oneRate ?? rates[id as RatedVariant] ?? rates["deepseek-moe"];

/** Paired seeds of each size. */
export const seedCounts = { quick: 3, default: 3, full: 5 };
