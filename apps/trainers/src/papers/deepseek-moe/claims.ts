import type { TrainingResult } from "./training-result";

/** A number of a training. */
export type Measure = "loss" | "maxVio" | "withoutShared" | "rise2" | "rise4";

/** Names of the measures, for tables. */
export const measureNames: Record<Measure, string> = {
  loss: "loss",
  maxVio: "MaxVio",
  withoutShared: "loss, shared expert off",
  rise2: "rise, 2/16 off",
  rise4: "rise, 4/16 off",
};

function rise({ disabled, loss }: TrainingResult, sixteenths: number): number | null {
  const found = disabled.find((share) => share.sixteenths === sixteenths);
  return found ? found.loss - loss : null;
}

/** Reads a number of a training; null where it has none. */
export function measureOf(result: TrainingResult, measure: Measure): number | null {
  if (measure === "rise2") return rise(result, 2);
  return measure === "rise4" ? rise(result, 4) : result[measure];
}

/** A measure of a variant. */
export interface Quantity {
  variant: string;
  measure: Measure;
}

/** An ordering that the paper reports. */
export interface Claim {
  experiment: ExperimentId;
  lower: Quantity;
  higher: Quantity;
  /** The paper found the two equal. */
  isEqual?: boolean;
  /** What the paper measured. */
  paper: string;
  /** Why short trainings may show the reverse, besides being short. */
  ifReversed?: string;
}

export const experimentNames = {
  "A-1": "Methods at equal size",
  "A-2": "From GShard to DeepSeekMoE, step by step",
  "A-3": "Against larger GShard",
  "A-4": "The dense upper bound",
  "A-5": "The best experts disabled",
  "A-6": "The shared expert replaced",
  "A-10": "Balance against loss",
} as const;

export type ExperimentId = keyof typeof experimentNames;

type Row = [
  experiment: ExperimentId,
  lower: string,
  higher: string,
  paper: string,
  ifReversed?: string,
];

const smallGates =
  "softmax weights are not normalised and begin near 1 over the number of experts, so routed experts count and learn little at first";
const byteRoutes =
  "of 256 bytes each tells much of what follows it, so routing by it is good from the first step, and needs no learning, where learned routers begin at random";
const oneRate = "all methods share one learning rate, which was not tuned for so wide a network";
const fewExperts =
  "GShard has 8 experts here, 16 in the paper, so that the loss of one is harder to make good, and the shared expert that DeepSeekMoE keeps does more of the work";
const evenLoads = "early on, even loads train all experts, which outweighs the loss's pull";
const slowBias = "the bias moves by γ a step at most and has few steps to balance the experts";

const inLoss: Row[] = [
  ["A-1", "hash", "dense", "1.932 < 2.060"],
  ["A-1", "switch", "hash", "1.881 < 1.932", byteRoutes],
  ["A-1", "gshard", "switch", "1.867 < 1.881"],
  ["A-1", "deepseek-moe", "gshard", "1.808 < 1.867"],
  ["A-1", "deepseek-moe", "dense", "1.808 < 2.060", smallGates],
  ["A-2", "shared-1", "gshard", "HellaSwag, share of the best, 0.955 > 0.92"],
  ["A-2", "segments-2", "shared-1", "HellaSwag, share of the best, 0.98 > 0.955"],
  ["A-2", "deepseek-moe", "segments-2", "HellaSwag, share of the best, 1 > 0.98"],
  ["A-3", "deepseek-moe", "gshard-1.2", "1.808 < 1.824"],
  ["A-3", "gshard-1.5", "gshard", "1.808 < 1.867"],
  ["A-4", "gshard", "dense-quarter", "1.867 < 1.908", smallGates],
  ["A-4", "dense-all", "deepseek-moe", "1.806 < 1.808", oneRate],
  ["A-10", "alpha-1e-3", "alpha-1e-1", "a figure only", evenLoads],
  ["A-10", "bias-sign-1e-3", "deepseek-moe", "perplexity 9.50, best with the bias (1B)", slowBias],
];

const loss = (variant: string): Quantity => ({ variant, measure: "loss" });
const maxVio = (variant: string): Quantity => ({ variant, measure: "maxVio" });
const own = "deepseek-moe";

const risen = (measure: "rise2" | "rise4", paper: string): Claim => ({
  experiment: "A-5",
  lower: { variant: "gshard-1.5", measure },
  higher: { variant: own, measure },
  paper,
  ifReversed: fewExperts,
});

const inOtherWays: Claim[] = [
  {
    experiment: "A-3",
    lower: loss(own),
    higher: loss("gshard-1.5"),
    isEqual: true,
    paper: "1.808 = 1.808",
  },
  risen("rise2", "about +5.7 < +6.4 (read off a plot)"),
  risen("rise4", "about +5.9 < +7.3 (read off a plot)"),
  {
    experiment: "A-6",
    lower: loss(own),
    higher: { variant: own, measure: "withoutShared" },
    paper: "1.808 < 2.414",
  },
  {
    experiment: "A-10",
    lower: maxVio("alpha-1e-1"),
    higher: maxVio("alpha-1e-3"),
    paper: "a figure only",
  },
  {
    experiment: "A-10",
    lower: maxVio("bias-sign-1e-3"),
    higher: maxVio(own),
    paper: "lower with the bias",
    ifReversed: slowBias,
  },
];

/**
 * Every ordering that is judged, in the order of the experiments. Losses of the paper are on the Pile.
 * @see DeepSeekMoE (Dai et al. 2024), tables 1 and 2, figures 3 to 5; Wang et al. 2024 (arXiv 2408.15664)
 */
export const claims: readonly Claim[] = [
  ...inLoss.map(([experiment, lower, higher, paper, ifReversed]) => ({
    experiment,
    lower: loss(lower),
    higher: loss(higher),
    paper,
    ...(ifReversed === undefined ? {} : { ifReversed }),
  })),
  ...inOtherWays,
].sort((a, b) => Number(a.experiment.slice(2)) - Number(b.experiment.slice(2)));

const others: Partial<Record<ExperimentId, readonly string[]>> = {
  "A-4": ["gshard"],
  "A-10": ["alpha-0", "alpha-1e-4", "bias-sign-1e-4", "bias-sign-1e-2", "bias-proportional-1e-3"],
};

/** The variants that an experiment needs. */
export function variantsOf(experiment: ExperimentId): string[] {
  const compared = claims
    .filter((claim) => claim.experiment === experiment)
    .flatMap(({ lower, higher }) => [lower.variant, higher.variant]);
  return [...new Set([...compared, ...(others[experiment] ?? [])])];
}
