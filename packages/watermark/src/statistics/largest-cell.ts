/** @file The fullest of equally likely cells: the null distribution of a decoded digit's count. */
import { logGamma } from "./gamma";

const tables = new Map<string, Float64Array>();

/** The distribution of a sum of two independent counts, truncated after `limit`. */
function convolve(a: Float64Array, b: Float64Array, limit: number): Float64Array {
  const sum = new Float64Array(Math.min(a.length + b.length - 1, limit + 1));
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < b.length && i + j < sum.length; j++) sum[i + j]! += a[i]! * b[j]!;
  return sum;
}

/** P(a sum of `cells` independent counts with distribution `one` equals `total`). */
function sumEquals(one: Float64Array, cells: number, total: number): number {
  let power: Float64Array = new Float64Array([1]);
  let square = one;
  for (let left = cells; left > 0; left >>= 1) {
    if (left & 1) power = convolve(power, square, total);
    if (left > 1) square = convolve(square, square, total);
  }
  return power[total] ?? 0;
}

function largestCell(total: number, cells: number): Float64Array {
  const mass = new Float64Array(total + 1);
  const rate = total / cells;
  const poisson = Float64Array.from({ length: total + 1 }, (_, x) =>
    Math.exp(x * Math.log(rate) - rate - logGamma(x + 1)),
  );
  // Balls in cells are independent Poisson counts given their sum, whose probability is P(sum).
  const logSum = total * Math.log(total) - total - logGamma(total + 1);
  const logFactorial = (n: number) => logGamma(n + 1);
  for (let c = Math.ceil(rate), previous = 0; c <= total; c++) {
    if (1 - previous < 1e-9) {
      // Far in the tail, rounding dominates the differences. There only one cell, any of them, holds c.
      mass[c] = Math.exp(
        Math.log(cells) +
          logFactorial(total) -
          logFactorial(c) -
          logFactorial(total - c) -
          c * Math.log(cells) +
          (total - c) * Math.log1p(-1 / cells),
      );
      continue;
    }
    const cdf = Math.min(1, sumEquals(poisson.slice(0, c + 1), cells, total) * Math.exp(-logSum));
    mass[c] = Math.max(0, cdf - previous);
    previous = Math.max(previous, cdf);
  }
  return mass;
}

/**
 * The exact distribution of the fullest cell when `total` balls fall evenly into `cells`; below 1e-9
 * the sum over cells, which bounds it closely from above.
 *
 * @param total 0 or more
 * @param cells 1 or more
 * @returns mass[c] = P(largest = c), length total + 1, summing to 1 within 1e-9
 * @see Levin 1981, the Poisson representation (MPAC's confidence uses a normal approximation for its last factor)
 */
export function largestCellMass(total: number, cells: number): Float64Array {
  const name = `${total}/${cells}`;
  const known = tables.get(name);
  if (known) return known;
  const mass = total === 0 ? new Float64Array([1]) : largestCell(total, cells);
  if (tables.size > 4096) tables.clear();
  tables.set(name, mass);
  return mass;
}

/** P(largest of `cells` ≥ count) for `total` balls. */
export function largestCellTail(total: number, cells: number, count: number): number {
  const mass = largestCellMass(total, cells);
  let sum = 0;
  for (let c = Math.max(0, count); c <= total; c++) sum += mass[c]!;
  return Math.min(1, sum);
}
