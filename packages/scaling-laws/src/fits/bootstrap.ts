import type { Law, PointLaw } from "../law/law";
import { mapLaw } from "../law/law";
import { parabolaAt } from "../statistics/parabola";
import { centralInterval } from "../statistics/quantile";
import type { HyperGrid } from "./near-optimal";
import { type PreparedRuns, pointLaw } from "./point-law";
import { fitProfile, type Profile } from "./profile";

/** A source of uniform numbers in [0, 1), such as `Math.random` or a seeded generator. */
export type Random = () => number;

/** An interval needs this share of the draws; a part that fails more often has null bounds. */
const NEEDED_SHARE = 2 / 3;

/**
 * Residuals of the usable profiles relative to their parabolas. Each profile's are scaled by √(n / (n − 3)), as its three
 * parameters take up part of the noise.
 */
export function relativeResiduals(profiles: readonly Profile[]): number[] {
  return profiles.flatMap(({ parabola, status, loss, logModel }) => {
    if (status !== "ok" || !parabola) return [];
    const scale = Math.sqrt(loss.length / (loss.length - 3));
    return loss.map((value, i) => scale * (value / parabolaAt(parabola, logModel[i]!) - 1));
  });
}

const pickFrom = <T>(items: readonly T[], random: Random): T =>
  items[Math.min(items.length - 1, Math.floor(random() * items.length))]!;

/**
 * One draw of the profiles: each usable profile's parabola plus residuals drawn from those of all budgets, fitted anew. The
 * sizes stay as they were run, and one pool for all budgets leaves enough residuals: intervals then hold their level (see
 * `bench/coverage.ts`), where resampling a profile's few runs makes them too wide, and random signs too narrow.
 */
function drawProfiles(
  profiles: readonly Profile[],
  residuals: readonly number[],
  random: Random,
  minSizes: number,
): Profile[] {
  return profiles.flatMap((profile) => {
    const { parabola, status, logModel } = profile;
    if (status !== "ok" || !parabola) return [];
    const loss = logModel.map((x) => parabolaAt(parabola, x) * (1 + pickFrom(residuals, random)));
    return [fitProfile({ ...profile, loss }, minSizes)];
  });
}

/** One draw of a grid: as many runs, drawn with replacement. */
function drawGrid(grid: HyperGrid, random: Random): HyperGrid {
  const all = [...grid.values.keys()];
  const indices = all.map(() => pickFrom(all, random));
  return {
    ...grid,
    values: indices.map((i) => grid.values[i]!),
    loss: indices.map((i) => grid.loss[i]!),
  };
}

/**
 * The laws of a bootstrap, one per draw.
 *
 * @param prepared profiles and grids of the runs
 * @param options.random consumed in a fixed order: a seeded one repeats the draws
 */
export function drawLaws(
  { profiles, batchGrids, rateGrids }: PreparedRuns,
  {
    random,
    resamples,
    band,
    minSizes,
  }: { random: Random; resamples: number; band: number; minSizes: number },
): PointLaw[] {
  const residuals = relativeResiduals(profiles);
  return Array.from({ length: resamples }, () =>
    pointLaw(
      {
        profiles: drawProfiles(profiles, residuals, random, minSizes),
        batchGrids: batchGrids.map((grid) => drawGrid(grid, random)),
        rateGrids: rateGrids.map((grid) => drawGrid(grid, random)),
      },
      band,
    ),
  );
}

/** A law with the central interval of its draws at every number; null bounds where there are too few draws. */
export function withIntervals(law: PointLaw, draws: readonly PointLaw[], confidence: number): Law {
  return mapLaw(law, (value, pick) => {
    const drawn = draws
      .map((draw) => pick(draw))
      .filter((number): number is number => Number.isFinite(number));
    if (drawn.length === 0 || drawn.length < NEEDED_SHARE * draws.length)
      return { value, lower: null, upper: null };
    return { value, ...centralInterval(drawn, confidence) };
  });
}
