import type { Law, PointLaw } from "../law/law";
import { mapLaw } from "../law/law";
import { parabolaAt } from "../statistics/parabola";
import { centralInterval } from "../statistics/quantile";
import { gridDraws } from "./grid-draws";
import { type PreparedRuns, pointLaw } from "./point-law";
import { fitProfile, type Profile } from "./profile";
import { pickFrom, type Random } from "./random";

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
  const [drawBatch, drawRate] = [gridDraws(batchGrids, band), gridDraws(rateGrids, band)];
  return Array.from({ length: resamples }, () => ({
    ...pointLaw(
      {
        profiles: drawProfiles(profiles, residuals, random, minSizes),
        batchGrids: [],
        rateGrids: [],
      },
      band,
    ),
    batchSize: drawBatch?.(random) ?? null,
    learningRate: drawRate?.(random) ?? null,
  }));
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
