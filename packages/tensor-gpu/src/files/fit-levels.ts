/**
 * @file Least squares of a group of numbers by whole levels. Several steps are tried, each is followed by the rounding of the numbers and
 * by the best scale (and minimum) for these levels, and the one with the smallest sum of squared errors is kept.
 */

/** Fractions of a level by which the tried steps differ: from one level fewer than there are to one more. */
const OFFSETS = Array.from({ length: 11 }, (_, i) => (i - 5) / 5);

/** How a group was fitted; filled anew by each call. */
export interface Fit {
  /** The worth of a level. */
  scale: number;
  /** Taken away from each number; never negative. */
  minimum: number;
}

/**
 * Fits x ≈ scale · level − minimum with levels from 0 to `top` and a minimum that is not negative. For the levels l of a try the
 * best scale is (n·Σxl − Σl·Σx) / (n·Σl² − (Σl)²), and Σxl / Σl² where the minimum would be negative and is 0.
 *
 * @param values numbers, of which `count` from `from` on are fitted
 */
export function fitAboveMinimum(
  values: Float32Array,
  { from, count, top }: { from: number; count: number; top: number },
  fit: Fit,
): void {
  let least = 0;
  let most = values[from]!;
  let sum = 0;
  let squares = 0;
  for (let i = from; i < from + count; i++) {
    const x = values[i]!;
    if (x < least) least = x;
    if (x > most) most = x;
    sum += x;
    squares += x * x;
  }
  fit.scale = 0;
  fit.minimum = Math.max(0, -sum / count);
  let smallest = squares + fit.minimum * (2 * sum + count * fit.minimum);
  if (!(most > least)) return;
  for (const offset of OFFSETS) {
    const inverse = (top + offset) / (most - least);
    let levels = 0;
    let levelSquares = 0;
    let products = 0;
    for (let i = from; i < from + count; i++) {
      const x = values[i]!;
      let level = Math.floor((x - least) * inverse + 0.5);
      if (level > top) level = top;
      levels += level;
      levelSquares += level * level;
      products += x * level;
    }
    const spread = count * levelSquares - levels * levels;
    if (levelSquares === 0) continue;
    let scale = spread > 0 ? (count * products - levels * sum) / spread : 0;
    let minimum = (scale * levels - sum) / count;
    if (minimum < 0 || scale <= 0) {
      minimum = 0;
      scale = products / levelSquares;
    }
    if (!(scale > 0)) continue;
    const error =
      squares +
      scale * (scale * levelSquares - 2 * products - 2 * minimum * levels) +
      minimum * (2 * sum + count * minimum);
    if (error >= smallest) continue;
    smallest = error;
    fit.scale = scale;
    fit.minimum = minimum;
  }
}

/**
 * The scale of x ≈ scale · level with levels from −32 to 31, in which the number of the largest magnitude gets about −32. For the levels l of a try the
 * best scale is Σxl / Σl², which leaves the error Σx² − (Σxl)² / Σl².
 *
 * @param values numbers, of which `count` from `from` on are fitted
 */
export function fitAroundZero(values: Float32Array, from: number, count: number): number {
  let extreme = 0;
  for (let i = from; i < from + count; i++)
    if (Math.abs(values[i]!) > Math.abs(extreme)) extreme = values[i]!;
  if (extreme === 0) return 0;
  let best = 0;
  let scale = 0;
  for (const offset of OFFSETS) {
    const inverse = (-32 + offset) / extreme;
    let levelSquares = 0;
    let products = 0;
    for (let i = from; i < from + count; i++) {
      const x = values[i]!;
      let level = Math.floor(x * inverse + 0.5);
      if (level < -32) level = -32;
      else if (level > 31) level = 31;
      levelSquares += level * level;
      products += x * level;
    }
    const explained = products * products;
    if (levelSquares === 0 || explained <= best * levelSquares) continue;
    best = explained / levelSquares;
    scale = products / levelSquares;
  }
  return scale;
}
