import type { RunContext, RunEvent } from "@deepgrain/lab";
import { flopsPerToken, plan } from "@deepgrain/scaling-laws";
import { type SweepText, validationBatches } from "./corpus";
import { fitSweep, forecast } from "./fit";
import {
  guessAt,
  type SweepSettings,
  shapeAt,
  type TrainingShape,
  VOCABULARY,
  widthFor,
} from "./recipe";
import type { SweepResult, SweepRow } from "./result";
import { compareSchedule } from "./schedules";
import { type TrainingSetup, trainRun } from "./training";
import type { Variant } from "./variants";

type Context = Pick<RunContext<SweepSettings>, "settings" | "signal" | "result">;

/** A line of the table, the loss left out. */
function rowOf(
  shape: TrainingShape,
  { layers, sequenceLength }: SweepSettings,
  known: Pick<SweepRow, "corpus" | "part" | "budget" | "seed">,
): Omit<SweepRow, "loss" | "bpb"> {
  const { width, batch, steps, lr } = shape;
  const model = flopsPerToken({ layers, width, sequenceLength });
  const batchTokens = batch * sequenceLength;
  const tokens = batchTokens * steps;
  const scale = { layers, width, sequenceLength, vocab: VOCABULARY, model, tokens };
  return { ...known, ...scale, flops: model * tokens, batchTokens, lr };
}

const measured = (row: Omit<SweepRow, "loss" | "bpb">, bpb: number): SweepRow => ({
  ...row,
  loss: bpb * Math.LN2,
  bpb,
});

/** The predictions of the smaller runs' laws for the larger one; the guesses replace parts that could not be fitted. */
function planHeldOut(
  rows: readonly SweepRow[],
  settings: SweepSettings,
  seed: number,
): TrainingShape {
  const { heldOut, guesses, minBudgets } = settings;
  const { law, draws } = fitSweep(rows, { minBudgets, seed });
  const planned = plan(heldOut, law, { draws });
  const model = planned.model?.value ?? guessAt(guesses.model, heldOut);
  return shapeAt(settings, heldOut, {
    width: widthFor(model, settings),
    ...(planned.batchTokens && { batchTokens: planned.batchTokens.value }),
    ...(planned.learningRate && { lr: planned.learningRate.value }),
  });
}

/** Fits the laws to this seed's smaller runs, predicts the larger one, and only then trains it. */
async function* trainHeldOut(
  after: readonly string[],
  setup: TrainingSetup,
  result: Context["result"],
): AsyncGenerator<RunEvent, SweepResult, void> {
  const { settings, seed } = setup;
  const rows = after.map((id) => result<SweepResult>(id).row!);
  const shape = planHeldOut(rows, settings, seed);
  const known = { corpus: "english", part: "held-out", budget: settings.heldOut, seed } as const;
  const row = rowOf(shape, settings, known);
  const forecasts = await forecast(rows, row, { minBudgets: settings.minBudgets, seed });
  const bpb = yield* trainRun(shape, setup);
  return { row: measured(row, bpb), schedule: null, forecasts };
}

/** Trains one variant at one seed. */
export async function* runVariant(
  variant: Variant,
  seed: number,
  { settings, signal, result }: Context,
  texts: SweepText,
): AsyncGenerator<RunEvent, SweepResult, void> {
  const validation = validationBatches(texts.validation, settings);
  const setup = { settings, seed, text: texts.english, validation, signal };
  if (variant.kind === "held-out") return yield* trainHeldOut(variant.after ?? [], setup, result);
  if (variant.kind === "schedule") {
    const schedule = yield* compareSchedule(variant.schedule, variant.shape, setup);
    return { row: null, schedule, forecasts: [] };
  }
  const { corpus, part, budget, shape } = variant;
  const bpb = yield* trainRun(shape, { ...setup, text: texts[corpus] });
  const row = rowOf(shape, settings, { corpus, part, budget, seed });
  return { row: measured(row, bpb), schedule: null, forecasts: [] };
}
