import type { PowerLaw } from "../law/law";
import { type SmoothGrid, smoothGrid } from "./grid-surface";
import { type HyperGrid, lawThroughBands, nearOptimal } from "./near-optimal";
import { pickFrom, type Random } from "./random";

const lawOf = (grids: readonly HyperGrid[], band: number): PowerLaw<number> =>
  lawThroughBands(grids.map((grid) => nearOptimal(grid, { band })));

const withLosses = ({ grid, fitted }: SmoothGrid, noise: () => number): HyperGrid => ({
  ...grid,
  loss: fitted.map((log) => Math.exp(log + noise())),
});

/**
 * Draws of a hyper-parameter's law: the grids' smooth surfaces plus residuals drawn from those of all budgets. The
 * surfaces' own law differs from that of the runs, so each draw is the law of the runs, moved by the draw's distance
 * from the surfaces' law.
 *
 * @returns a function that makes one draw, or null where too few grids or runs say how large the noise is
 */
export function gridDraws(
  grids: readonly HyperGrid[],
  band: number,
): ((random: Random) => PowerLaw<number>) | null {
  const smooth = grids.map(smoothGrid);
  const residuals = smooth.flatMap((grid) => grid.residuals);
  if (grids.length < 2 || residuals.length === 0) return null;
  const law = lawOf(grids, band);
  const centre = lawOf(
    smooth.map((grid) => withLosses(grid, () => 0)),
    band,
  );
  return (random) => {
    const drawn = lawOf(
      smooth.map((grid) => withLosses(grid, () => pickFrom(residuals, random))),
      band,
    );
    return {
      coefficient: (law.coefficient * drawn.coefficient) / centre.coefficient,
      exponent: law.exponent + drawn.exponent - centre.exponent,
    };
  };
}
