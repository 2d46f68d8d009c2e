import { type Claim, measure, type Quantity } from "@deepgrain/lab";
import { constant } from "../../constant";
import { fitSweep } from "./fit";
import type { SweepSettings } from "./recipe";
import type { SweepResult, SweepRow } from "./result";
import { type Corpus, type GridPart, idsOf, splits, sweepVariants } from "./variants";

type Quantities = Quantity<SweepResult, SweepSettings>;

/** Bits per byte within which two schedules count as equal: about 1 % of the losses here, the near-optimal band. */
const EQUAL_BPB = 0.02;

/** How far from one half the exponent of M may be to count as an equal split. */
const EQUAL_SPLIT = 0.1;

const number = (value: number) => constant("exponent", String(value), value);

/** A number of the laws that are fitted to one seed's runs; null where they have no such part. */
function fitted(
  settings: SweepSettings,
  subject: string,
  { corpus, parts }: { corpus: Corpus; parts: readonly GridPart[] },
  read: (fit: ReturnType<typeof fitSweep>) => number | undefined,
): Quantities {
  const ids = idsOf(sweepVariants(settings), corpus, parts);
  return {
    measure: "exponent",
    subject,
    variants: ids,
    read({ seed, result }, { minBudgets }) {
      const rows = ids.flatMap((id): SweepRow[] => {
        const row = result(id)?.row;
        return row ? [row] : [];
      });
      return read(fitSweep(rows, { minBudgets, seed })) ?? null;
    },
  };
}

const bpb = (length: "short" | "long") =>
  measure(
    length === "long" ? "bits per byte, twice as long" : "bits per byte",
    (result: SweepResult) => result.schedule?.[length] ?? null,
  );

/** Size of the relative error of a prediction of the larger run. */
const predictionError = (by: string): Quantities => ({
  measure: "error of the prediction",
  subject: by,
  variants: ["held-out"],
  read({ result }) {
    const held = result("held-out");
    const forecast = held?.forecasts.find((one) => one.by === by);
    return forecast && held?.row ? Math.abs(forecast.loss / held.row.bpb - 1) : null;
  },
});

const sizes = (corpus: Corpus) => ({ corpus, parts: ["size"] as const });

/**
 * Every statement that is judged.
 * @see DeepSeek-AI 2024 (DeepSeek LLM), sections 2.3 and 3
 */
export function sweepClaims(settings: SweepSettings): Claim<SweepResult, SweepSettings>[] {
  const modelExponent = (corpus: Corpus, name: string) =>
    fitted(settings, name, sizes(corpus), ({ law }) => law.allocation?.model.exponent.value);
  const a = modelExponent("english", "a, of the best M over C");
  const batch = fitted(
    settings,
    "of the best batch over C",
    { corpus: "english", parts: ["batch"] },
    ({ law }) => law.batchSize?.exponent.value,
  );
  const rate = fitted(
    settings,
    "of the best rate over C",
    { corpus: "english", parts: ["rate"] },
    ({ law }) => law.learningRate?.exponent.value,
  );
  const multiStep = bpb("long")("schedule/multi-step");
  return [
    { experiment: "C-2", lower: number(0), higher: batch, paper: "0.327 > 0" },
    { experiment: "C-2", lower: rate, higher: number(0), paper: "−0.125 < 0" },
    { experiment: "C-3", lower: a, higher: number(0.5), margin: EQUAL_SPLIT, paper: "0.524" },
    ...["6N1", "6N2"].map((by) => ({
      experiment: "C-4",
      lower: predictionError("M"),
      higher: predictionError(by),
      paper: "M predicts large models best",
    })),
    {
      experiment: "C-5",
      lower: multiStep,
      higher: bpb("long")("schedule/cosine"),
      margin: EQUAL_BPB,
      paper: "final losses are equal",
    },
    {
      experiment: "C-5",
      lower: multiStep,
      higher: bpb("long")("schedule/cosine-continued"),
      paper: "the multi-step schedule is kept because its first stage can be continued",
    },
    ...Object.keys(splits).map((split) => ({
      experiment: "C-6",
      lower: bpb("short")("schedule/multi-step"),
      higher: bpb("short")(`schedule/${split}`),
      margin: EQUAL_BPB,
      paper: "slightly better or equal",
    })),
    {
      experiment: "C-7",
      lower: modelExponent("noisy", "a, with noise"),
      higher: modelExponent("english", "a, without noise"),
      paper: "0.450 < 0.524, older against better data",
    },
  ];
}
