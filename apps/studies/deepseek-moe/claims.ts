import {
  type Claim,
  measure,
  type Primary,
  type Quantity,
  resultsOf,
  type StudyRuns,
  type UnaskedClaim,
} from "@deepgrain/lab";
import { sharesOfDense } from "./count-model";
import { type ComparisonSettings, DENSE_SEEDS, seedCounts } from "./recipe";
import type { TrainingResult } from "./training-result";
import { nameOf } from "./variants";

type OwnClaim = Claim<TrainingResult, ComparisonSettings>;

const LOSS = "loss, nats per token";

/** Held-out loss of a variant, in nats per token. */
export const loss = measure(LOSS, (result: TrainingResult) => result.loss);

/** (max − mean)/mean of the experts' loads of a variant, over all held-out text. */
export const maxVio = measure("MaxVio", (result: TrainingResult) => result.maxVio);

/** DeepSeekMoE's loss with one more routed expert in place of the shared one. */
const withoutShared: Quantity<TrainingResult> = {
  ...measure(LOSS, (result: TrainingResult) => result.withoutShared)("deepseek-moe"),
  subject: "DeepSeekMoE, shared expert replaced",
};

/** How much the loss of a variant rises without each token's best experts. */
export const rise = (sixteenths: number): ((variant: string) => Quantity<TrainingResult>) =>
  measure(`rise of the loss, ${sixteenths}/16 off, nats per token`, ({ disabled, loss }) => {
    const found = disabled.find((share) => share.sixteenths === sixteenths);
    return found && found.loss - loss;
  });

/** The same where the experts that stand in get the weight of those left out. */
export const riseWithMass = (sixteenths: number): ((variant: string) => Quantity<TrainingResult>) =>
  measure(
    `rise of the loss, ${sixteenths}/16 off, mass kept, nats per token`,
    ({ disabled, loss }) => {
      const kept = disabled.find((share) => share.sixteenths === sixteenths)?.kept;
      return kept === undefined ? undefined : kept - loss;
    },
  );

/** Loss of a variant when a token passes fewer routed experts than in training. */
export const withFewer =
  (topK: number) =>
  (variant: string): Quantity<TrainingResult> => ({
    ...measure(LOSS, ({ fewer }: TrainingResult) => {
      return fewer?.find((own) => own.topK === topK)?.loss;
    })(variant),
    subject: `${nameOf(variant)}, ${topK} routed active`,
  });

/** How differently the domains use the experts of a variant, from 0. */
export const specialisation = measure(
  "specialisation",
  (result: TrainingResult) => result.specialisation,
);

/**
 * The margin within which two losses count as equal, in nats per token: a quarter of DeepSeekMoE's lead over GShard in the
 * paper (1.867 − 1.808 = 0.059), so that a tie is clearly less than what the paper calls a gain.
 */
const EQUAL_LOSS = 0.015;

/** Tokens per parameter that the paper's comparison read: 100 billion for 2.0 billion. */
const PAPER_TOKENS_PER_PARAMETER = 50;

const quietBranch =
  "weights of experts are not renormalised, so without the best ones the routed branch falls silent, and DeepSeekMoE still has its shared expert; with the weight kept, the secondary claim beside this one asks the same";

/** Why the result of a claim may differ from the published one: training was short, and another reason. */
const because =
  (reason: string) =>
  (runs: StudyRuns<ComparisonSettings, TrainingResult>): string => {
    const { steps, batch, length } = runs.settings;
    const { parameters } = resultsOf(runs, "deepseek-moe")[0]!;
    const read = ((steps * batch * length) / parameters).toPrecision(2);
    return `training was short: ${read} tokens per parameter, the paper's had ${PAPER_TOKENS_PER_PARAMETER}; ${reason}`;
  };

const own = "deepseek-moe";
const perSequence = "sequence-wise";

const primary = (sentence: string, seeds = seedCounts.full): Omit<Primary, "words"> => ({
  sentence,
  seeds,
  named: "before the run",
});

const common = { scope: "nine kinds of text", margin: EQUAL_LOSS } as const;
const noWorse = { ...common, relation: "≤", better: "lower" } as const;

/** 31.9 % */
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** DeepSeekMoE trained with half as many experts active. */
const halfActive: Quantity<TrainingResult> = {
  ...loss("half-active"),
  subject: "DeepSeekMoE, half as many active",
};

/** The abstract's claims that this size can ask: its results in their order, then what it says of the experts. */
const primariesOf = (settings: ComparisonSettings): readonly OwnClaim[] => {
  const { all, half } = sharesOfDense(settings);
  return [
    {
      ...noWorse,
      experiment: "A-3",
      lower: loss(own),
      higher: loss("gshard-1.5"),
      paper: "1.808 = 1.808",
      primary: {
        ...primary("It keeps up with GShard of 1.5 times the expert parameters and computation"),
        words:
          "achieves comparable performance with GShard 2.9B, which has 1.5 times the expert parameters and computation",
      },
      ifReversed: because("experts half as large again learn more in so few steps"),
    },
    {
      ...noWorse,
      experiment: "A-4",
      lower: loss(own),
      higher: loss("dense-all"),
      paper:
        "1.808 = 1.806; 16B: comparable with LLaMA2 7B with 40 % of the computation (74.4 of 187.9 TFLOP)",
      primary: {
        ...primary(
          `It nearly reaches a dense model with all of its parameters, the upper bound, with ${percent(all)} of its computation`,
          DENSE_SEEDS,
        ),
        words: "nearly approaches the performance of its dense counterpart",
      },
      ifReversed: because("a dense model uses every weight for each token"),
    },
    {
      ...common,
      experiment: "A-1",
      better: "lower",
      lower: loss(own),
      higher: loss("gshard"),
      paper: "1.808 < 1.867; 145B: 1.876 < 1.961",
      primary: {
        ...primary("It has a substantial advantage over GShard of the same size"),
        words: "consistently validate its substantial advantages over the GShard architecture",
      },
      ifReversed: because("differences are small at this size"),
    },
    {
      ...noWorse,
      experiment: "A-8",
      lower: halfActive,
      higher: loss("dense-all"),
      paper: "142B, half active, 18.2 % of the computation of 67B: 1.888 < 1.905",
      primary: {
        ...primary(
          `With half as many experts active it keeps up with the dense model, with ${percent(half)} of its computation`,
          DENSE_SEEDS,
        ),
        words:
          "performance comparable with DeepSeek 67B, using only 28.5% (maybe even 18.2%) of computations",
      },
      ifReversed: because("three routed experts of a token are few"),
    },
    {
      ...common,
      experiment: "A-5",
      lower: rise(4)("gshard-1.5"),
      higher: rise(4)(own),
      paper: "about +5.9 < +7.3 (read off a plot)",
      primary: {
        ...primary(
          "Its experts are more specialised: without the best ones it loses more than GShard",
        ),
        words: "each expert acquires non-overlapping and focused knowledge",
        isAnalysis: true,
      },
      ifReversed: because(quietBranch),
    },
  ];
};

type Row = [
  experiment: string,
  lower: Quantity<TrainingResult>,
  higher: Quantity<TrainingResult>,
  paper: string,
  /** Makes it an equality within this margin. */
  margin?: number,
];

const rows: Row[] = [
  ["A-1", loss("hash"), loss("dense"), "1.932 < 2.060"],
  ["A-1", loss("switch"), loss("hash"), "1.881 < 1.932"],
  ["A-1", loss("gshard"), loss("switch"), "1.867 < 1.881"],
  ["A-1", loss(own), loss("dense"), "1.808 < 2.060"],
  ["A-2", loss("shared-1"), loss("gshard"), "HellaSwag, of the best: 0.955 > 0.92"],
  ["A-2", loss("segments-2"), loss("shared-1"), "HellaSwag, of the best: 0.98 > 0.955"],
  ["A-2", loss(own), loss("segments-2"), "HellaSwag, of the best: 1 > 0.98"],
  ["A-3", loss(own), loss("gshard-1.2"), "1.808 < 1.824"],
  ["A-3", loss("gshard-1.5"), loss("gshard"), "1.808 < 1.867"],
  ["A-4", loss("gshard"), loss("dense-quarter"), "1.867 < 1.908"],
  ["A-5", rise(2)("gshard-1.5"), rise(2)(own), "about +5.7 < +6.4 (read off a plot)"],
  [
    "A-5",
    riseWithMass(4)("gshard-1.5"),
    riseWithMass(4)(own),
    "not measured: weights stay as they are",
  ],
  ["A-6", loss(own), withoutShared, "1.808 < 2.414"],
  ["A-7", loss(own), withFewer(3)(own), "1.808 < 1.956 (read off a plot)"],
  ["A-7", withFewer(4)(own), loss("gshard"), "1.868 = 1.867 (read off a plot)", EQUAL_LOSS],
  ["A-8", loss("half-active"), loss("gshard"), "lower, shown only in a figure"],
  ["A-9", loss("shared-2-of-8"), loss(own), "1.806 = 1.808", EQUAL_LOSS],
  ["A-9", loss(own), loss("shared-4-of-8"), "1.808 = 1.811", EQUAL_LOSS],
  ["A-10", loss("alpha-1e-3"), loss("alpha-1e-1"), "shown only in a figure"],
  ["A-10", loss("bias-sign-1e-3"), loss(own), "perplexity 9.50, best with the bias (1B)"],
  ["A-10", maxVio("alpha-1e-1"), maxVio("alpha-1e-3"), "shown only in a figure"],
  ["A-10", maxVio("bias-sign-1e-3"), maxVio(own), "lower with the bias"],
  ["A-11", loss("devices-4"), loss("devices-1"), "not given"],
  ["A-11", loss("devices-4"), loss("devices-3"), "close from 3 of 8", EQUAL_LOSS],
  ["A-12", loss(own), loss(perSequence), "2.253 < 2.258 (1B)"],
  ["A-12", loss("bias-sign-1e-3"), loss(perSequence), "2.253 < 2.258 (1B)"],
  ["A-12", specialisation(perSequence), specialisation(own), "shown only in a figure"],
  ["A-12", specialisation(perSequence), specialisation("bias-sign-1e-3"), "shown only in a figure"],
];

/**
 * The primary claims, then every other comparison of what is trained, in the order of the experiments. Losses of the paper are on the Pile.
 * @see DeepSeekMoE (Dai et al. 2024), tables 1 and 2, figures 3 to 6, section 4.4; Wang et al. 2024 (arXiv 2408.15664); DeepSeek-V2 (2024), section
 *   2.2.2; DeepSeek-V3 (2024), section 4.5.3
 */
export function claimsOf(settings: ComparisonSettings): readonly OwnClaim[] {
  const isTrained = (id: string) => !settings.leftOut.includes(id);
  const measured = rows.filter(([, lower, higher]) =>
    [...lower.variants, ...higher.variants].every(isTrained),
  );
  return [
    ...primariesOf(settings),
    ...measured.map(([experiment, lower, higher, paper, margin]): OwnClaim => {
      const relation = margin === undefined ? "<" : "=";
      return { experiment, lower, relation, higher, margin, paper };
    }),
  ];
}

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "All of this at 16 and at 145 billion parameters, beside LLaMA2 7B and DeepSeek 67B",
    paper: "HellaSwag 77.1 against 75.6 (16B); Pile loss 1.876 against 1.905 (145B)",
    why: "models of that size are out of reach here; the shares of computation are asked of tiny ones",
  },
];
