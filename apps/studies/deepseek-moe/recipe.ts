import type { Ratio } from "../shared/ratio";

/** Variants with a peak rate of their own. The others are DeepSeekMoE with one thing changed and have its rate. */
export type RatedVariant = "gshard" | "gshard-1.5" | "deepseek-moe" | "dense-all" | "half-active";

/** Sizes of a comparison. The same for all its trainings. */
export interface ComparisonSettings {
  /** d. */
  hiddenSize: number;
  heads: number;
  layers: number;
  /** Tokens of the byte-level BPE that is trained on the texts. */
  vocabulary: number;
  /** Tokens of a sequence, S. */
  length: number;
  /** Sequences of a batch. */
  batch: number;
  /** Width of a standard feed-forward network, I. */
  innerSize: number;
  /** Standard experts, N. */
  experts: number;
  /** Weight of the loss that evens out the loads over a batch, α, where a variant has no other. */
  alpha: number;
  steps: number;
  /** Peak rates: of three or more that of the least mean loss on seeds 101 and 102, which are not paired seeds, at half the steps. */
  rates: Readonly<Record<RatedVariant, number>>;
  /** A peak rate that everything has instead of its own. */
  oneRate: number | null;
  /** Ids of variants that are not trained. */
  leftOut: readonly string[];
  /** Of each of the nine kinds of text, at most. */
  characters: number;
  /** Held-out batches of the final measurement. */
  validationBatches: number;
  /** Points of a loss curve. */
  curvePoints: number;
}

/** Every variant that no primary claim reads: left out of the full size for the time. */
const secondary = [
  "dense",
  "hash",
  "switch",
  "shared-1",
  "segments-2",
  "gshard-1.2",
  "dense-quarter",
  "shared-2-of-8",
  "shared-4-of-8",
  "alpha-0",
  "alpha-1e-4",
  "alpha-1e-3",
  "alpha-1e-1",
  "bias-sign-1e-4",
  "bias-sign-1e-3",
  "bias-sign-1e-2",
  "bias-proportional-1e-3",
  "devices-1",
  "devices-2",
  "devices-3",
  "devices-4",
  "sequence-wise",
];

/**
 * The recorded size. α is the paper's 0.01 times four, the last of three that were tried against the gate. Wider experts (144, 0.78 M parameters) and more steps were cut until tuning, gate and recording fitted into 45 minutes
 * of one core, tokens before seeds.
 */
const full: ComparisonSettings = {
  hiddenSize: 48,
  heads: 4,
  layers: 2,
  vocabulary: 1024,
  length: 64,
  batch: 9,
  innerSize: 96,
  experts: 16,
  alpha: 0.04,
  steps: 600,
  rates: {
    gshard: 4e-3,
    "gshard-1.5": 4e-3,
    "deepseek-moe": 4e-3,
    "dense-all": 8e-3,
    "half-active": 4e-3,
  },
  oneRate: null,
  leftOut: secondary,
  characters: 300_000,
  validationBatches: 20,
  curvePoints: 10,
};

/** Sizes by name. */
export const comparisonSettings = {
  quick: {
    ...full,
    hiddenSize: 32,
    heads: 2,
    length: 32,
    innerSize: 32,
    steps: 40,
    leftOut: [
      "alpha-1e-4",
      "bias-sign-1e-4",
      "bias-sign-1e-2",
      "bias-proportional-1e-3",
      "devices-2",
    ],
    characters: 150_000,
    validationBatches: 6,
    curvePoints: 4,
  },
  default: { ...full, steps: 300, leftOut: [] },
  full,
} satisfies Record<string, ComparisonSettings>;

/** Peak rate of a variant. */
export const rateOf = (id: string, { rates, oneRate }: ComparisonSettings): number =>
  oneRate ?? rates[id as RatedVariant] ?? rates["deepseek-moe"];

/** Paired seeds of each size. */
export const seedCounts = { quick: 2, default: 3, full: 8 };

/** Paired seeds of the two variants that cost most beside what they are compared with: Dense×N, and half as many active. */
export const DENSE_SEEDS = 4;

/** How DeepSeekMoE cuts its experts, and how many standard ones a token passes. */
export const segmentation = { segments: 4, shared: 1 } as const;
export const TOP_K = 2;

/** Weights of DeepSeekMoE: embedding and head, attention, experts, router and norms. */
export function parametersOf({
  hiddenSize: d,
  layers,
  vocabulary,
  innerSize,
  experts,
}: Pick<
  ComparisonSettings,
  "hiddenSize" | "layers" | "vocabulary" | "innerSize" | "experts"
>): number {
  const routed = segmentation.segments * experts - segmentation.shared;
  return (
    2 * vocabulary * d + layers * (4 * d * d + 3 * d * innerSize * experts + routed * d + 2 * d) + d
  );
}

/** Every ratio of the paper's 2B comparison that the miniature keeps, and those that it cannot. */
export const ratios: readonly Ratio<ComparisonSettings>[] = [
  { name: "standard experts, N", paper: 16, ours: 16, of: ({ experts }) => experts },
  {
    name: "routed experts of DeepSeekMoE",
    paper: 63,
    ours: 63,
    of: ({ experts }) => segmentation.segments * experts - segmentation.shared,
  },
  { name: "tokens of the vocabulary", paper: 8000, ours: 1024, of: ({ vocabulary }) => vocabulary },
  {
    name: "tokens per parameter",
    paper: 50,
    ours: 0.61,
    of: (settings) => {
      const { steps, batch, length } = settings;
      return (steps * batch * length) / parametersOf(settings);
    },
  },
];
