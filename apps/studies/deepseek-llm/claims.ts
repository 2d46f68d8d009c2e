import {
  type Claim,
  measure,
  type Primary,
  type Quantity,
  type UnaskedClaim,
} from "@deepgrain/lab";
import type { Law, PowerLaw } from "@deepgrain/scaling-laws";
import { constant } from "../shared/constant";
import { fitSweep } from "./fit";
import type { SweepSettings } from "./recipe";
import type { SweepResult } from "./result";
import { type Corpus, type GridPart, idsOf, splits, sweepVariants } from "./variants";

type Quantities = Quantity<SweepResult, SweepSettings>;

/** Bits per byte within which two schedules count as equal: about 1 % of the losses here, the near-optimal band. */
const EQUAL_BPB = 0.02;

/** How far from one half the exponent of M may be to count as an equal split. */
const EQUAL_SPLIT = 0.1;

const number = (measured: string, value: number) => constant(measured, String(value), value);

const BEST_MODEL = "exponent of the best M over C";
const BEST_BATCH = "exponent of the best batch over C";
const BEST_RATE = "exponent of the best learning rate over C";

/** The exponent of a part of the laws that are fitted to one seed's runs; null where they have no such part. */
function exponent(
  settings: SweepSettings,
  [measured, subject]: readonly [measure: string, subject: string],
  { corpus, part }: { corpus: Corpus; part: GridPart },
  pick: (law: Law) => PowerLaw | null | undefined,
): Quantities {
  const ids = idsOf(sweepVariants(settings), corpus, [part]);
  return {
    measure: measured,
    subject,
    variants: ids,
    read({ seed, result }, { minBudgets }) {
      const rows = ids.flatMap((id) => result(id)?.row ?? []);
      return pick(fitSweep(rows, { minBudgets, seed }).law)?.exponent.value ?? null;
    },
  };
}

/** Bits per byte of a schedule at the one length, or at twice it. */
export const bitsPerByte = (length: "short" | "long") =>
  measure(
    length === "long" ? "bits per byte, twice as long" : "bits per byte",
    (result: SweepResult) => result.schedule?.[length] ?? null,
  );

const PREDICTION = "absolute error of the prediction, %";

/** The paper's near-optimal band, in percent of a loss. */
const NEAR_OPTIMAL = 0.25;

/** Size of the relative error of a prediction of the larger run, in percent. */
const predictionError = (by: string): Quantities => ({
  measure: PREDICTION,
  subject: by,
  variants: ["held-out"],
  read({ result }) {
    const held = result("held-out");
    const forecast = held?.forecasts.find((one) => one.by === by);
    return forecast && held?.row ? 100 * Math.abs(forecast.loss / held.row.bpb - 1) : null;
  },
});

const primary = (sentence: string, words: string, section: string): Primary => ({
  sentence,
  words,
  section,
  seeds: 5,
  named: "after the run",
});

/** How far off a prediction of a larger run may be to count as right, in percent. */
const FORESEEN = 3;

const SCOPE = "English bytes, two layers";

type OwnClaim = Claim<SweepResult, SweepSettings>;

/** The exponent of the best model size on a corpus. */
const bestModel = (settings: SweepSettings, corpus: Corpus, name: string) =>
  exponent(
    settings,
    [BEST_MODEL, name],
    { corpus, part: "size" },
    ({ allocation }) => allocation?.model,
  );

/** The claims about the laws; margins of orderings are half of the paper's effect, that of predictions is its near-optimal band. */
function primariesOf(settings: SweepSettings): OwnClaim[] {
  const best = (corpus: Corpus, name: string) => bestModel(settings, corpus, name);
  const grid = (measured: string, part: "batch" | "rate", pick: (law: Law) => PowerLaw | null) =>
    exponent(settings, [measured, "fit"], { corpus: "english", part }, pick);
  return [
    {
      experiment: "C-2",
      lower: number(BEST_BATCH, 0),
      higher: grid(BEST_BATCH, "batch", ({ batchSize }) => batchSize),
      margin: 0.16,
      scope: SCOPE,
      paper: "0.327 > 0",
      primary: {
        ...primary(
          "The best batch grows with compute",
          "the optimal batch size B gradually increases with the increase in compute budget C",
          "section 3.1",
        ),
        isAnalysis: true,
      },
    },
    {
      experiment: "C-2",
      lower: grid(BEST_RATE, "rate", ({ learningRate }) => learningRate),
      higher: number(BEST_RATE, 0),
      margin: 0.06,
      scope: SCOPE,
      paper: "−0.125 < 0",
      primary: {
        ...primary(
          "The best learning rate falls with compute",
          "the optimal learning rate η gradually decreases",
          "section 3.1",
        ),
        isAnalysis: true,
      },
    },
    {
      experiment: "C-4",
      scope: SCOPE,
      lower: predictionError("M"),
      higher: number(PREDICTION, FORESEEN),
      margin: NEAR_OPTIMAL,
      better: "lower",
      paper: "7B and 67B, 1,000 times the compute, lie on the curve (figure 5)",
      primary: primary(
        "The laws of small models predict a larger one, to within 3 %",
        "accurately forecasted the expected performance of DeepSeek LLM 7B and 67B models",
        "section 3",
      ),
    },
    {
      experiment: "C-4",
      scope: SCOPE,
      lower: predictionError("M"),
      higher: predictionError("6N1"),
      margin: NEAR_OPTIMAL,
      better: "lower",
      paper: "M predicts large models best",
      primary: primary(
        "Models counted by M, large ones are predicted best",
        "a better prediction of generalization loss for large-scale models",
        "section 3",
      ),
    },
    {
      experiment: "C-7",
      scope: "English with and without noise",
      lower: best("noisy", "with noise"),
      higher: best("english", "without noise"),
      margin: 0.037,
      paper: "0.450 < 0.524, older against better data",
      primary: {
        ...primary(
          "The better the data, the more of the compute should go to the model",
          "The higher the data quality, the more the increased compute budget should be allocated",
          "section 3",
        ),
        isAnalysis: true,
      },
    },
  ];
}

/**
 * The findings on scaling that the abstract announces, as the introduction lists them; then what else the sections report.
 * @see DeepSeek-AI 2024 (DeepSeek LLM), sections 1, 2.3 and 3
 */
export function sweepClaims(settings: SweepSettings): OwnClaim[] {
  const multiStep = bitsPerByte("long")("schedule/multi-step");
  return [
    ...primariesOf(settings),
    {
      experiment: "C-3",
      lower: bestModel(settings, "english", "fit"),
      relation: "=",
      higher: number(BEST_MODEL, 0.5),
      margin: EQUAL_SPLIT,
      paper: "0.524; 0.450 and 0.578 for other data",
    },
    {
      experiment: "C-4",
      lower: predictionError("M"),
      higher: predictionError("6N2"),
      paper: "M predicts large models best",
    },
    {
      experiment: "C-5",
      lower: multiStep,
      relation: "=",
      higher: bitsPerByte("long")("schedule/cosine"),
      margin: EQUAL_BPB,
      paper: "final losses are equal",
    },
    {
      experiment: "C-5",
      lower: multiStep,
      higher: bitsPerByte("long")("schedule/cosine-continued"),
      paper: "the multi-step schedule is kept because its first stage can be continued",
    },
    ...Object.keys(splits).map((split) => ({
      experiment: "C-6",
      lower: bitsPerByte("short")("schedule/multi-step"),
      relation: "=" as const,
      higher: bitsPerByte("short")(`schedule/${split}`),
      margin: EQUAL_BPB,
      paper: "slightly better or equal",
    })),
  ];
}

const TOO_LARGE = "models of 67 billion parameters and their benchmarks are out of reach here";

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence:
      "DeepSeek LLM 67B surpasses LLaMA-2 70B, above all in code, mathematics and reasoning",
    paper: "HumanEval 42.7 against 28.7, GSM8K 63.4 against 58.4",
    why: TOO_LARGE,
  },
  {
    sentence: "DeepSeek LLM 67B Chat is superior to GPT-3.5 in open-ended evaluations",
    paper: "MT-Bench 8.76",
    why: TOO_LARGE,
  },
];
