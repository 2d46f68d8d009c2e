import { createRandom } from "@deepgrain/lm";
import {
  type FitReport,
  fitParametric,
  fitReport,
  flopsPerTokenN1,
  flopsPerTokenN2,
  measureRuns,
  type PointLaw,
  parametricLoss,
  plan,
  type Run,
  type ScaleMeasure,
  ScalingLawsError,
} from "@deepgrain/scaling-laws";
import { BAND, type SweepSettings } from "./recipe";
import { type Forecast, runOf, type SweepRow } from "./result";
import type { GridPart } from "./variants";

const RESAMPLES = 400;

type Options = Pick<SweepSettings, "minBudgets"> & { seed: number };

/** A fit, or null where the runs carry no law. */
function fitOrNull(runs: readonly Run[], { minBudgets, seed }: Options): FitReport | null {
  if (runs.length === 0) return null;
  const random = createRandom([seed, 1000]).next;
  try {
    return fitReport(runs, { minBudgets, random, resamples: RESAMPLES, band: BAND });
  } catch (error) {
    if (ScalingLawsError.isInstance(error) && error.code === "ERR_TOO_FEW") return null;
    throw error;
  }
}

/** Runs of one purpose. */
const partOf = (rows: readonly SweepRow[], wanted: GridPart): Run[] =>
  rows.filter(({ part }) => part === wanted).map(runOf);

/**
 * Fits the laws of one corpus: allocation and loss to the sizes alone, batch and rate to their grids, so that a model whose batch
 * and rate were varied does not look better than its neighbours.
 */
export function fitSweep(rows: readonly SweepRow[], options: Options) {
  const sizes = fitOrNull(partOf(rows, "size"), options);
  const rates = fitOrNull(partOf(rows, "rate"), options);
  const batches = fitOrNull(partOf(rows, "batch"), options);
  const law = {
    allocation: sizes?.law.allocation ?? null,
    batchSize: batches?.law.batchSize ?? null,
    learningRate: rates?.law.learningRate ?? null,
    loss: sizes?.law.loss ?? null,
  };
  const draws = (sizes?.draws ?? []).map(
    (draw, i): PointLaw => ({
      ...draw,
      batchSize: batches?.draws[i]?.batchSize ?? null,
      learningRate: rates?.draws[i]?.learningRate ?? null,
    }),
  );
  return { law, draws, sizes, rates, batches };
}

/**
 * Predicts the loss of a run from smaller ones: with models counted by M, by 6N1 and by 6N2 (runs that shared a budget still do),
 * and by the parametric law over M and tokens.
 */
export async function forecast(
  rows: readonly SweepRow[],
  target: Pick<SweepRow, "layers" | "width" | "vocab" | "model" | "tokens">,
  options: Options,
): Promise<Forecast[]> {
  const runs = partOf(rows, "size");
  const scale: Record<ScaleMeasure, number> = {
    M: target.model,
    "6N1": flopsPerTokenN1(target),
    "6N2": flopsPerTokenN2(target),
  };
  const forecasts: Forecast[] = [];
  for (const by of ["M", "6N1", "6N2"] as const) {
    const fit = fitOrNull(measureRuns(runs, by), options);
    const predicted = fit && plan(scale[by] * target.tokens, fit.law, { draws: fit.draws }).loss;
    if (predicted)
      forecasts.push({ by, loss: predicted.value, lower: predicted.lower, upper: predicted.upper });
  }
  for await (const event of fitParametric(runs))
    if (event.type === "fit-end") {
      const { E, A, alpha, B, beta } = event.fit.law;
      const law = { E: E.value, A: A.value, alpha: alpha.value, B: B.value, beta: beta.value };
      const loss = parametricLoss(law, target.model, target.tokens);
      forecasts.push({ by: "parametric", loss, lower: null, upper: null });
    }
  return forecasts;
}
