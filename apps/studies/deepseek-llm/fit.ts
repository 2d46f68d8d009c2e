import { createRandom } from "@deepgrain/lm";
import { type Forecast, fitParts, forecastLoss, type PartsFit } from "@deepgrain/scaling-laws";
import { BAND, type SweepSettings } from "./recipe";
import { runOf, type SweepRow } from "./result";
import type { GridPart } from "./variants";

type Options = Pick<SweepSettings, "minBudgets"> & { seed: number };

const fitOptions = ({ minBudgets, seed }: Options) => ({
  minBudgets,
  resamples: 400,
  band: BAND,
  random: createRandom([seed, 1000]).next,
});

/** Runs of one purpose. */
const partOf = (rows: readonly SweepRow[], wanted: GridPart) =>
  rows.filter(({ part }) => part === wanted).map(runOf);

/** Fits the laws of one corpus: allocation and loss to the sizes alone, batch and rate to their grids. */
export const fitSweep = (rows: readonly SweepRow[], options: Options): PartsFit =>
  fitParts(
    {
      sizes: partOf(rows, "size"),
      batches: partOf(rows, "batch"),
      rates: partOf(rows, "rate"),
    },
    fitOptions(options),
  );

/** Predicts the loss of a larger run from the sizes of smaller ones, in bits per byte. */
export const forecast = (
  rows: readonly SweepRow[],
  target: Parameters<typeof forecastLoss>[1],
  options: Options,
): Promise<Forecast[]> => forecastLoss(partOf(rows, "size"), target, fitOptions(options));
