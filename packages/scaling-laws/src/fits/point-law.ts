import type { PointLaw } from "../law/law";
import type { LossForm } from "./loss-curve";
import { lossCurveThrough } from "./loss-curve";
import { type HyperGrid, lawThroughBands, nearOptimal } from "./near-optimal";
import { powerLawThrough } from "./power-law";
import type { Optimum, Profile } from "./profile";

/** The runs that the parts of a law are fitted to. Empty lists make null parts. */
export interface PreparedRuns {
  profiles: Profile[];
  batchGrids: HyperGrid[];
  rateGrids: HyperGrid[];
}

/** The vertices of the usable profiles. */
export const optimaOf = (profiles: readonly Profile[]): Optimum[] =>
  profiles.flatMap(({ optimum }) => (optimum ? [optimum] : []));

/** The form of the loss curve that a number of budgets can support: an irreducible part needs at least 4. */
const lossFormFor = (budgets: number): LossForm => (budgets >= 4 ? "offset" : "power");

function hyperLaw(grids: readonly HyperGrid[], band: number) {
  return grids.length < 2
    ? null
    : lawThroughBands(grids.map((grid) => nearOptimal(grid, { band })));
}

/** Fits every part that has data: the point estimate, run once on the data and once per draw of the bootstrap. */
export function pointLaw(
  { profiles, batchGrids, rateGrids }: PreparedRuns,
  band: number,
): PointLaw {
  const optima = optimaOf(profiles);
  const flops = optima.map((optimum) => optimum.flops);
  const of = (key: keyof Optimum) => optima.map((optimum) => optimum[key]);
  const isFitted = optima.length >= 2;
  return {
    allocation: isFitted
      ? { model: powerLawThrough(flops, of("model")), data: powerLawThrough(flops, of("tokens")) }
      : null,
    batchSize: hyperLaw(batchGrids, band),
    learningRate: hyperLaw(rateGrids, band),
    loss: isFitted ? lossCurveThrough(flops, of("loss"), lossFormFor(optima.length)) : null,
  };
}
