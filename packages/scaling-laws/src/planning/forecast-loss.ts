import { takeTurn } from "@deepgrain/support";
import { listOf, optionsOf } from "../errors";
import { parametricFit } from "../fits/fit-parametric";
import { fitReportOrNull } from "../fits/fit-parts";
import { type FitOptions, fitSettings } from "../fits/fit-runs";
import { parametricLoss } from "../fits/parametric-curve";
import {
  type DecoderShape,
  flopsPerToken,
  flopsPerTokenN1,
  flopsPerTokenN2,
  type ScaleMeasure,
} from "../measures/flops-per-token";
import { measureRuns } from "../measures/measure-runs";
import type { Run } from "../runs/run";
import { plan } from "./plan";

/** A predicted loss. */
export interface Forecast {
  /** The measure that models were counted by, or "parametric" for Chinchilla's third approach over M and tokens. */
  by: ScaleMeasure | "parametric";
  /** In the runs' unit. */
  loss: number;
  /** Null without `random`, and for the parametric form. */
  lower: number | null;
  upper: number | null;
}

const scales = { M: flopsPerToken, "6N1": flopsPerTokenN1, "6N2": flopsPerTokenN2 };

/**
 * Predicts the loss of a larger run from smaller ones in four ways: by laws that count models as M, as 6N1 and as 6N2 (runs that
 * shared a budget still do), and by the parametric form over M and tokens.
 *
 * @param runs model sizes at several budgets, with `layers`, `width`, `sequenceLength` and `vocab`
 * @param target shape and training tokens of the run to predict
 * @param options as of `fitReport`; `confidence` is the level of the intervals, `signal` ends the parametric fit
 * @returns predictions; without those of measures whose runs carry no law
 * @throws {ScalingLawsError} `ERR_ARGUMENT` for runs without a shape; `ERR_RANGE`; as `fitParametric`; the signal's reason on abort
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3.2; Hoffmann et al. 2022, section 3.3
 */
export async function forecastLoss(
  runs: readonly Run[],
  target: DecoderShape & { vocab: number; tokens: number },
  options: FitOptions & { signal?: AbortSignal | undefined } = {},
): Promise<Forecast[]> {
  const { signal, ...settings } = optionsOf("forecastLoss", options);
  const fitted = fitSettings("forecastLoss", settings);
  listOf("forecastLoss", "runs", runs);
  const { tokens, ...shape } = optionsOf("forecastLoss", target);
  const forecasts: Forecast[] = [];
  for (const by of ["M", "6N1", "6N2"] as const) {
    await takeTurn();
    signal?.throwIfAborted();
    const fit = fitReportOrNull(measureRuns(runs, by), fitted);
    const found =
      fit &&
      plan(scales[by](shape) * tokens, fit.law, {
        draws: fit.draws,
        confidence: fitted.confidence,
      });
    if (found?.loss) {
      const { value: loss, lower, upper } = found.loss;
      forecasts.push({ by, loss, lower, upper });
    }
  }
  const { E, A, alpha, B, beta } = (await parametricFit(runs, { signal })).law;
  const law = { E: E.value, A: A.value, alpha: alpha.value, B: B.value, beta: beta.value };
  const loss = parametricLoss(law, flopsPerToken(shape), tokens);
  return [...forecasts, { by: "parametric", loss, lower: null, upper: null }];
}
