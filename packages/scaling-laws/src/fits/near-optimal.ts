import type { PowerLaw } from "../law/law";
import type { Run } from "../runs/run";
import { type BudgetGroup, groupBy, meanLoss } from "./budgets";
import { powerLawThrough } from "./power-law";

/** The subject of a hyper-parameter law. */
export type HyperParameter = "batchTokens" | "lr";

/** One budget's and model's runs over a hyper-parameter, seeds averaged. */
export interface HyperGrid {
  flops: number;
  model: number;
  values: number[];
  /** The other hyper-parameter of each run, null where unknown. */
  others: (number | null)[];
  loss: number[];
}

/** The near-optimal part of a grid. */
export interface Band {
  flops: number;
  model: number;
  /** Values of the near-optimal runs, ascending; one per run, so values may repeat. */
  values: number[];
  lowest: number;
  highest: number;
  bestLoss: number;
  /** The band reaches the end of the grid, so the true band may be wider. */
  touchesEdge: boolean;
}

/** Different values that a grid needs: with fewer, nothing says on which side the optimum lies. */
export const MIN_VALUES = 3;

/** The grids of a budget that vary `key` enough. */
export function hyperGrids({ runs }: BudgetGroup, key: HyperParameter): HyperGrid[] {
  const withValue = runs.filter((run) => run[key] !== undefined);
  return groupBy(withValue, (run) => run.model.toPrecision(9)).flatMap((ofSize) => {
    const settings = groupBy(ofSize, (run) => `${run.lr} ${run.batchTokens}`);
    const values = settings.map(([run]) => run![key]!);
    if (new Set(values).size < MIN_VALUES) return [];
    const logFlops = ofSize.reduce((sum, run) => sum + Math.log(run.flops), 0) / ofSize.length;
    const { model } = ofSize[0] as Run;
    const others = settings.map(([run]) => run![key === "lr" ? "batchTokens" : "lr"] ?? null);
    return [{ flops: Math.exp(logFlops), model, values, others, loss: settings.map(meanLoss) }];
  });
}

/**
 * The runs of a grid whose loss exceeds the grid's lowest by at most `band` (relative).
 * @param options.band default 0.0025, the paper's 0.25 %
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3.1
 */
export function nearOptimal(
  grid: HyperGrid,
  { band = 0.0025 }: { band?: number | undefined } = {},
): Band {
  const { flops, model, values, loss } = grid;
  const bestLoss = Math.min(...loss);
  const near = values.filter((_, i) => loss[i]! <= bestLoss * (1 + band)).sort((a, b) => a - b);
  const [lowest, highest] = [near[0]!, near.at(-1)!];
  const touchesEdge = lowest === Math.min(...values) || highest === Math.max(...values);
  return { flops, model, values: near, lowest, highest, bestLoss, touchesEdge };
}

/** The power law through all near-optimal runs, by least squares of log value on log C. */
export function lawThroughBands(bands: readonly Band[]): PowerLaw<number> {
  const flops = bands.flatMap((band) => band.values.map(() => band.flops));
  const values = bands.flatMap((band) => band.values);
  return powerLawThrough(flops, values);
}
