import { listOf, optionsOf, real, refuseUnknown, ScalingLawsError, whole } from "../errors";
import type { PowerLaw } from "../law/law";
import { checkRuns, type Run } from "../runs/run";
import { type BudgetGroup, groupByBudget } from "./budgets";
import {
  type Band,
  type HyperGrid,
  type HyperParameter,
  hyperGrids,
  lawThroughBands,
  MIN_VALUES,
  nearOptimal,
} from "./near-optimal";

/** The grids of a hyper-parameter, and what a law through them lacks. */
export interface GridSearch {
  grids: HyperGrid[];
  missing: string | undefined;
}

/** Collects the grids of all budgets. */
export function searchGrids(
  groups: readonly BudgetGroup[],
  key: HyperParameter,
  minBudgets: number,
): GridSearch {
  const perBudget = groups.map((group) => hyperGrids(group, key));
  const grids = perBudget.flat();
  const budgets = perBudget.filter((ofBudget) => ofBudget.length > 0).length;
  if (budgets >= minBudgets) return { grids, missing: undefined };
  const isAbsent = groups.every(({ runs }) => runs.every((run) => run[key] === undefined));
  const missing = isAbsent
    ? `no run has ${key}`
    : `${key} takes ${MIN_VALUES} or more values for one model at ${budgets} of ${groups.length} budgets, ${minBudgets} are needed (minBudgets)`;
  return { grids: [], missing };
}

/**
 * Fits the optimal batch size or learning rate over compute: at each budget and model size the runs within `band` of the
 * lowest loss are near-optimal, and `y = k·C^e` goes through all of them by least squares of logarithms.
 *
 * @param key "batchTokens" (tokens per batch) or "lr" (peak learning rate); at least 3 values at a budget make a grid
 * @param options.band relative excess of loss that is near-optimal (default 0.0025)
 * @param options.minBudgets budgets with a grid that are needed, at least 2 (default 5)
 * @returns the law and the band of every grid
 * @throws {ScalingLawsError} `ERR_TOO_FEW` saying what is missing; `ERR_RANGE`, `ERR_ARGUMENT` for bad runs
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3.1, equation 1
 */
export function fitHyperParameter(
  runs: readonly Run[],
  key: HyperParameter,
  options: {
    band?: number | undefined;
    minBudgets?: number | undefined;
    budgetTolerance?: number | undefined;
  } = {},
): { law: PowerLaw<number>; bands: Band[] } {
  listOf("fitHyperParameter", "runs", runs);
  const {
    band = 0.0025,
    minBudgets = 5,
    budgetTolerance = 0.05,
    ...rest
  } = optionsOf("fitHyperParameter", options);
  refuseUnknown("fitHyperParameter", rest);
  checkRuns("fitHyperParameter", runs);
  real("fitHyperParameter", "band", band, { above: 0, below: 1 });
  whole("fitHyperParameter", "minBudgets", minBudgets, { min: 2 });
  const groups = groupByBudget(runs, { tolerance: budgetTolerance });
  const { grids, missing } = searchGrids(groups, key, minBudgets);
  if (missing !== undefined)
    throw new ScalingLawsError("ERR_TOO_FEW", `scaling-laws/fitHyperParameter: ${missing}`, {
      fields: { key, budgets: groups.length, minBudgets },
    });
  const bands = grids.map((grid) => nearOptimal(grid, { band }));
  return { law: lawThroughBands(bands), bands };
}
