import { listOf, optionsOf, real, refuseUnknown, ScalingLawsError, whole } from "../errors";
import type { Law, LossLaw, PointLaw } from "../law/law";
import { checkRuns, type LossUnit, lossUnit, type Run } from "../runs/run";
import { drawLaws, relativeResiduals, withIntervals } from "./bootstrap";
import { type BudgetGroup, groupByBudget } from "./budgets";
import { searchGrids } from "./hyper-parameters";
import { checkProfileOptions, missingProfiles, type ProfileOptions } from "./iso-flop";
import { lossCurveThrough } from "./loss-curve";
import { type Band, nearOptimal } from "./near-optimal";
import { optimaOf, type PreparedRuns, pointLaw } from "./point-law";
import { fitProfile, type Profile, profileData } from "./profile";
import type { Random } from "./random";

/** How a table is fitted. */
export interface FitOptions extends ProfileOptions {
  /** Draws the bootstrap. Without it all bounds are null. Seed it to repeat a fit exactly. */
  random?: Random | undefined;
  /** Draws of the bootstrap (default 1000). */
  resamples?: number | undefined;
  /** Level of the intervals (default 0.95). */
  confidence?: number | undefined;
  /** Relative excess of loss that counts as near-optimal (default 0.0025). */
  band?: number | undefined;
}

/** A fit with everything that led to it. */
export interface FitReport {
  law: Law;
  /** The law of each draw of the bootstrap: `plan` makes intervals from them. Empty without `random`. */
  draws: PointLaw[];
  /** Why a part of the law is null. */
  missing: {
    allocation?: string | undefined;
    batchSize?: string | undefined;
    learningRate?: string | undefined;
  };
  /** All budgets' profiles, flagged ones too. */
  profiles: Profile[];
  /** Near-optimal bands over batch size and over learning rate. */
  bands: { batchSize: Band[]; learningRate: Band[] };
  /** The loss at the optimum in both forms; null without an allocation. */
  lossCurves: { offset: LossLaw<number> | null; power: LossLaw<number> } | null;
  /** Standard deviation of the losses around their parabolas, relative; null without an allocation. */
  noise: number | null;
  /** Lowest and highest budget of the runs. */
  fittedRange: [number, number];
  unit: LossUnit;
}

const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

function prepare(groups: readonly BudgetGroup[], minBudgets: number, minSizes: number) {
  const profiles = groups.map((group) => fitProfile(profileData(group), minSizes));
  const batch = searchGrids(groups, "batchTokens", minBudgets);
  const rate = searchGrids(groups, "lr", minBudgets);
  const allocation = missingProfiles(profiles, minBudgets, minSizes);
  const missing = {
    ...(allocation !== undefined && { allocation }),
    ...(batch.missing !== undefined && { batchSize: batch.missing }),
    ...(rate.missing !== undefined && { learningRate: rate.missing }),
  };
  const prepared: PreparedRuns = {
    profiles: allocation === undefined ? profiles : [],
    batchGrids: batch.grids,
    rateGrids: rate.grids,
  };
  return { profiles, prepared, missing };
}

function lossCurvesOf(profiles: readonly Profile[]): FitReport["lossCurves"] {
  const optima = optimaOf(profiles);
  if (optima.length < 2) return null;
  const [flops, loss] = [optima.map((o) => o.flops), optima.map((o) => o.loss)];
  return {
    offset: optima.length >= 3 ? lossCurveThrough(flops, loss, "offset") : null,
    power: lossCurveThrough(flops, loss, "power"),
  };
}

/** How a table is fitted, checked and with defaults. @throws {ScalingLawsError} `ERR_RANGE`; `ERR_ARGUMENT` for an unknown option */
export function fitSettings(where: string, options: FitOptions) {
  const {
    random,
    resamples = 1000,
    confidence = 0.95,
    band = 0.0025,
    minBudgets = 5,
    minSizes = 4,
    budgetTolerance = 0.05,
    ...rest
  } = optionsOf(where, options);
  refuseUnknown(where, rest, OPTIONS);
  whole(where, "resamples", resamples, { min: 1 });
  real(where, "confidence", confidence, { above: 0, below: 1 });
  real(where, "band", band, { above: 0, below: 1 });
  checkProfileOptions(where, minBudgets, minSizes);
  return { random, resamples, confidence, band, minBudgets, minSizes, budgetTolerance };
}

const OPTIONS: readonly (keyof FitOptions)[] = [
  "random",
  "resamples",
  "confidence",
  "band",
  "minBudgets",
  "minSizes",
  "budgetTolerance",
];

/**
 * Fits all laws that a table of runs can carry and returns them with their intervals, the profiles and near-optimal
 * bands behind them, and the reasons why a part is null.
 *
 * @param runs finished trainings: IsoFLOP runs (several model sizes per budget) for the allocation and the loss, grids over
 *   batch size or learning rate for those
 * @param options.random source of the bootstrap; without it bounds are null
 * @throws {ScalingLawsError} `ERR_TOO_FEW` saying what is missing where no part can be fitted; `ERR_RANGE`,
 *   `ERR_ARGUMENT` for bad runs or options
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3
 */
export function fitReport(runs: readonly Run[], options: FitOptions = {}): FitReport {
  const { random, resamples, confidence, band, minBudgets, minSizes, budgetTolerance } =
    fitSettings("fitReport", options);
  listOf("fitReport", "runs", runs);
  checkRuns("fitReport", runs);
  const groups = groupByBudget(runs, { tolerance: budgetTolerance });
  const { profiles, prepared, missing } = prepare(groups, minBudgets, minSizes);
  if (Object.keys(missing).length === 3)
    throw new ScalingLawsError(
      "ERR_TOO_FEW",
      `scaling-laws/fitReport: ${runs.length} runs carry no law. Allocation and loss: ${missing.allocation}. Batch size: ${missing.batchSize}. Learning rate: ${missing.learningRate}`,
      { fields: { runs: runs.length, budgets: groups.length, missing } },
    );
  const point = pointLaw(prepared, band);
  const draws = random ? drawLaws(prepared, { random, resamples, band, minSizes }) : [];
  const residuals = relativeResiduals(prepared.profiles);
  return {
    law: withIntervals(point, draws, confidence),
    draws,
    missing,
    profiles,
    bands: {
      batchSize: prepared.batchGrids.map((grid) => nearOptimal(grid, { band })),
      learningRate: prepared.rateGrids.map((grid) => nearOptimal(grid, { band })),
    },
    lossCurves: lossCurvesOf(prepared.profiles),
    noise: residuals.length > 0 ? rootMeanSquare(residuals) : null,
    fittedRange: [groups[0]!.budget, groups.at(-1)!.budget],
    unit: lossUnit("fitReport", runs),
  };
}

/**
 * The machine form of {@link fitReport}: `{ allocation: { model, data }, batchSize, learningRate, loss }`, each
 * `{ coefficient, exponent }` (the loss also `floor`), every number `{ value, lower, upper }`, parts without data null.
 *
 * @param runs finished trainings
 * @param options as of {@link fitReport}
 * @throws {ScalingLawsError} as {@link fitReport}
 */
export function fitRuns(runs: readonly Run[], options: FitOptions = {}): Law {
  return fitReport(runs, fitSettings("fitRuns", options)).law;
}
