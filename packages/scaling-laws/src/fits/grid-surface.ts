import { type Curve, leastSquaresFit } from "./huber";
import type { HyperGrid } from "./near-optimal";

/** A grid with its smooth surface. */
export interface SmoothGrid {
  grid: HyperGrid;
  /** The surface's log losses, run by run. */
  fitted: number[];
  /** Log losses minus the surface, scaled for the surface's parameters; empty where it has as many parameters as runs. */
  residuals: number[];
}

/** Logarithms moved to mean 0 and scaled to at most 1 in size; all 0 where a value is unknown. */
function scaled(values: readonly (number | null)[]): number[] {
  const logs = values.map((value) => (value === null ? Number.NaN : Math.log(value)));
  const centre = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const widest = Math.max(...logs.map((log) => Math.abs(log - centre)));
  return logs.map((log) => (widest > 0 ? (log - centre) / widest : 0));
}

/** The terms that a grid can carry: of 1, x, x², y, y², x·y those that its different values allow. */
function designRows(grid: HyperGrid): number[][] {
  const [x, y] = [scaled(grid.values), scaled(grid.others)];
  const ofY = new Set(y).size;
  return x.map((a, i) => {
    const b = y[i]!;
    return [1, a, a ** 2, ...(ofY >= 2 ? [b, a * b] : []), ...(ofY >= 3 ? [b ** 2] : [])];
  });
}

/**
 * Fits log loss as a quadratic surface over the logarithms of both hyper-parameters. The bootstrap draws grids from it;
 * the fit of the law itself uses the losses as they are.
 */
export function smoothGrid(grid: HyperGrid): SmoothGrid {
  const rows = designRows(grid);
  const parameters = rows[0]!.length;
  const targets = grid.loss.map(Math.log);
  if (targets.length <= parameters) return { grid, fitted: targets, residuals: [] };
  const predict = (values: readonly number[], i: number) =>
    rows[i]!.reduce((sum, term, j) => sum + term * values[j]!, 0);
  const curve: Curve = {
    targets,
    predict,
    gradient: (_, i) => rows[i]!,
    lower: rows[0]!.map(() => -1e6),
    upper: rows[0]!.map(() => 1e6),
  };
  const values = leastSquaresFit(curve, [targets[0]!, ...rows[0]!.slice(1).map(() => 0)]);
  const fitted = targets.map((_, i) => predict(values, i));
  const scale = Math.sqrt(targets.length / (targets.length - parameters));
  return { grid, fitted, residuals: targets.map((target, i) => scale * (target - fitted[i]!)) };
}
