import type { Histogram } from "./clean";

/** Bins that are drawn, on log10 r̂. */
export interface DrawnBins {
  /** Index of the first that is drawn; the smaller ones together hold less than a two hundredth of all weights. */
  first: number;
  /** Weights in no drawn bin: those that did not move, and those in smaller bins. */
  left: number;
  /** Where the largest share 1 − ρ begins; undefined where that is left of what is drawn, or nothing is reset. */
  cut: number | undefined;
}

const SMALLEST = 1 / 200;

/** Which bins of a histogram are drawn, and where a reserve ratio cuts them. */
export function drawnBins({ counts, zeros, from, width }: Histogram, rho: number): DrawnBins {
  const total = zeros + counts.reduce((sum, count) => sum + count, 0);
  let first = 0;
  let small = 0;
  while (small + counts[first]! < SMALLEST * total) small += counts[first++]!;
  const left = zeros + small;
  let below = zeros;
  for (const [i, count] of counts.entries()) {
    if (rho < 1 && below + count >= rho * total) {
      const cut = from + width * (i + (rho * total - below) / count);
      return { first, left, cut: i < first ? undefined : cut };
    }
    below += count;
  }
  return { first, left, cut: undefined };
}
