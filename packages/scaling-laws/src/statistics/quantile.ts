/** The p-quantile of sorted numbers, linear between neighbours (type 7, as in R and NumPy). */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}

/** The central interval of draws: quantiles (1 − confidence)/2 and (1 + confidence)/2. */
export function centralInterval(
  draws: readonly number[],
  confidence: number,
): { lower: number; upper: number } {
  const sorted = Float64Array.from(draws).sort();
  return {
    lower: quantile(sorted, (1 - confidence) / 2),
    upper: quantile(sorted, (1 + confidence) / 2),
  };
}
