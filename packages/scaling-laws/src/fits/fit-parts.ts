import { having, ScalingLawsError } from "../errors";
import type { Law, PointLaw } from "../law/law";
import type { Run } from "../runs/run";
import { type FitOptions, type FitReport, fitReport, fitSettings } from "./fit-runs";

/** Runs by the part of the law that they are for. */
export interface RunsByPart {
  /** Model sizes at several budgets: for the allocation and the loss. */
  sizes: readonly Run[];
  /** Batches at several budgets. */
  batches: readonly Run[];
  /** Peak rates at several budgets. */
  rates: readonly Run[];
}

/** A law whose parts were fitted apart. */
export interface PartsFit {
  law: Law;
  /** As `FitReport` has them, for `plan`. */
  draws: PointLaw[];
  /** The report of each part's fit; null if its runs carry no law. */
  reports: Record<keyof RunsByPart, FitReport | null>;
}

/** {@link fitReport}, or null where the runs carry no law. @throws {ScalingLawsError} as `fitReport`, `ERR_TOO_FEW` apart */
export function fitReportOrNull(runs: readonly Run[], options: FitOptions): FitReport | null {
  if (runs.length === 0) return null;
  try {
    return fitReport(runs, options);
  } catch (error) {
    if (ScalingLawsError.isInstance(error) && error.code === "ERR_TOO_FEW") return null;
    throw error;
  }
}

/**
 * Fits each part of a law to separate runs: a model whose batch and rate were varied would look better than its
 * neighbours if all runs went into the sizes' profiles.
 *
 * @returns the law, with null for parts whose runs carry none
 * @throws {ScalingLawsError} `ERR_RANGE`, `ERR_ARGUMENT` for bad runs or options
 */
export function fitParts(runsByPart: RunsByPart, options: FitOptions = {}): PartsFit {
  const { sizes, batches, rates } = having(
    "fitParts",
    "runsByPart",
    runsByPart,
    "sizes",
    "batches",
    "rates",
  );
  const settings = fitSettings("fitParts", options);
  const reports = {
    sizes: fitReportOrNull(sizes, settings),
    batches: fitReportOrNull(batches, settings),
    rates: fitReportOrNull(rates, settings),
  };
  const law = {
    allocation: reports.sizes?.law.allocation ?? null,
    batchSize: reports.batches?.law.batchSize ?? null,
    learningRate: reports.rates?.law.learningRate ?? null,
    loss: reports.sizes?.law.loss ?? null,
  };
  const draws = (reports.sizes?.draws ?? []).map(
    (draw, i): PointLaw => ({
      ...draw,
      batchSize: reports.batches?.draws[i]?.batchSize ?? null,
      learningRate: reports.rates?.draws[i]?.learningRate ?? null,
    }),
  );
  return { law, draws, reports };
}
