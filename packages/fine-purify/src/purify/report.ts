import { type Ranking, rankedPoints } from "../indicator/ranking";
import type { Mixture } from "../mixture/fit-mixture";
import { type ModelPart, partOfModel } from "../weights/part-of-model";
import type { PairedTensor } from "../weights/weight-pairs";
import type { Gate } from "./gate";
import type { PurifySettings } from "./options";
import type { Survey } from "./survey";

/** The changes to one tensor. */
export interface PurifiedTensor {
  readonly name: string;
  readonly part: ModelPart;
  readonly size: number;
  /** Share of its drift that was reset, 0 to 1. */
  readonly purified: number;
}

/** Weights by the size of r̂. */
export interface LogHistogram {
  /** Lower end of the first bin, log10 r̂. */
  readonly from: number;
  /** Width of a bin in log10 r̂. */
  readonly width: number;
  readonly counts: readonly number[];
  /** Number of weights with r̂ = 0, which are in no bin. */
  readonly zeros: number;
  /** The counts that the two Gamma distributions predict for each bin; null without a fit. */
  readonly fitted: {
    readonly clean: readonly number[];
    readonly poisonous: readonly number[];
  } | null;
}

/** The report of a purification. Plain data. */
export interface PurifyReport extends Survey {
  readonly options: PurifySettings;
  /** Weights that could be reset. */
  readonly weights: number;
  /** Share of their drift that was reset. */
  readonly purified: number;
  readonly tensors: readonly PurifiedTensor[];
  /** r̂ of all weights; null for a random mask, or if all or none were reset. */
  readonly histogram: LogHistogram | null;
  /** The fitted Gamma distributions, in soft mode. */
  readonly mixture: Mixture | null;
}

const WIDTH = 0.25;

/** Share of Gamma(½, 2k) within a bin around r: its density of log10 r, times the bin's width. */
const binShare = (r: number, k: number): number =>
  Math.sqrt(r / (2 * Math.PI * k)) * Math.exp(-r / (2 * k)) * Math.LN10 * WIDTH;

function logHistogram(ranking: Ranking, mixture: Mixture | null): LogHistogram {
  const { values, counts } = rankedPoints(ranking);
  const bins = new Map<number, number>();
  let zeros = 0;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(Math.log10(values[i]!) / WIDTH);
    if (!Number.isFinite(bin)) zeros += counts[i]!;
    else bins.set(bin, (bins.get(bin) ?? 0) + counts[i]!);
  }
  const [first, last] = [Math.min(...bins.keys()), Math.max(...bins.keys())];
  const length = bins.size === 0 ? 0 : last - first + 1;
  const expected = (weights: number, k: number) =>
    Array.from({ length }, (_, i) => weights * binShare(10 ** ((first + i + 0.5) * WIDTH), k));
  return {
    fitted: mixture && {
      clean: expected(mixture.pi * ranking.total, mixture.kClean),
      poisonous: expected((1 - mixture.pi) * ranking.total, mixture.kPoison),
    },
    from: length === 0 ? 0 : first * WIDTH,
    width: WIDTH,
    counts: Array.from({ length }, (_, i) => bins.get(first + i) ?? 0),
    zeros,
  };
}

/** Assembles a report. @param reset how many weights of each tensor were reset */
export function purifyReport(
  options: PurifySettings,
  found: Survey,
  { mixture, ranking }: Gate,
  tensors: readonly PairedTensor[],
  reset: ReadonlyMap<string, number>,
): PurifyReport {
  const weights = tensors.reduce((sum, { size }) => sum + size, 0);
  const taken = [...reset.values()].reduce((sum, n) => sum + n, 0);
  return {
    options,
    ...found,
    weights,
    purified: weights === 0 ? 0 : taken / weights,
    tensors: tensors.map(({ name, size }) => ({
      name,
      part: partOfModel(name),
      size,
      purified: size === 0 ? 0 : (reset.get(name) ?? 0) / size,
    })),
    histogram: ranking && logHistogram(ranking, mixture),
    mixture,
  };
}
