import type { Run } from "../runs/run";
import { fitParabola, type Parabola, parabolaAt, vertexOf } from "../statistics/parabola";
import { type BudgetGroup, groupBy, meanLoss } from "./budgets";

/**
 * `ok`: has a minimum among its sizes; `too-few-sizes`: too few different model sizes; `opens-downwards`: the parabola
 * has no minimum; `vertex-outside`: its minimum lies outside the sizes that were run. Only `ok` profiles enter a fit.
 */
export type ProfileStatus = "ok" | "too-few-sizes" | "opens-downwards" | "vertex-outside";

/** The losses of one budget over model sizes, smallest first. All but the losses are natural logarithms. */
export interface ProfileData {
  budget: number;
  logModel: number[];
  logTokens: number[];
  logFlops: number[];
  loss: number[];
}

/** The best use of one budget. */
export interface Optimum {
  flops: number;
  model: number;
  tokens: number;
  loss: number;
}

/** One budget's parabola: loss over log model scale. */
export interface Profile extends ProfileData {
  status: ProfileStatus;
  /** Null with too few sizes. */
  parabola: Parabola | null;
  /** The vertex; null unless the status is `ok`. */
  optimum: Optimum | null;
}

/**
 * The profile data of a budget: per model size the best hyper-parameters' loss, averaged over seeds first.
 */
export function profileData({ budget, runs }: BudgetGroup): ProfileData {
  const sizes = groupBy(runs, (run) => run.model.toPrecision(9)).map((ofSize) => {
    const settings = groupBy(ofSize, (run) => `${run.lr} ${run.batchTokens}`);
    return settings.reduce((best, other) => (meanLoss(other) < meanLoss(best) ? other : best));
  });
  sizes.sort((a, b) => a[0]!.model - b[0]!.model);
  const logMean = (group: Run[], key: "tokens" | "flops") =>
    group.reduce((sum, run) => sum + Math.log(run[key]), 0) / group.length;
  return {
    budget,
    logModel: sizes.map((group) => Math.log(group[0]!.model)),
    logTokens: sizes.map((group) => logMean(group, "tokens")),
    logFlops: sizes.map((group) => logMean(group, "flops")),
    loss: sizes.map(meanLoss),
  };
}

/** y at x, linear between the neighbours of x; x lies between the first and the last. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  let i = 1;
  while (i < xs.length - 1 && xs[i]! < x) i++;
  const share = (x - xs[i - 1]!) / (xs[i]! - xs[i - 1]!);
  return ys[i - 1]! + share * (ys[i]! - ys[i - 1]!);
}

/** The parabola through a budget's losses, with its flag. */
export function fitProfile(data: ProfileData, minSizes = 4): Profile {
  const { logModel, logTokens, logFlops, loss } = data;
  if (logModel.length < minSizes)
    return { ...data, status: "too-few-sizes", parabola: null, optimum: null };
  const parabola = fitParabola(logModel, loss);
  if (!(parabola.c2 > 0)) return { ...data, status: "opens-downwards", parabola, optimum: null };
  const vertex = vertexOf(parabola);
  if (vertex < logModel[0]! || vertex > logModel.at(-1)!)
    return { ...data, status: "vertex-outside", parabola, optimum: null };
  const optimum = {
    flops: Math.exp(interpolate(logModel, logFlops, vertex)),
    model: Math.exp(vertex),
    tokens: Math.exp(interpolate(logModel, logTokens, vertex)),
    loss: parabolaAt(parabola, vertex),
  };
  return { ...data, status: "ok", parabola, optimum };
}
