import { FedError } from "../../errors";

/** The conversion of numbers to whole numbers below a modulus, so that sums of masks cancel exactly. */
export interface Quantisation {
  /** Numbers are clipped to ± this. */
  readonly clip: number;
  /** Number of steps between −clip and +clip. */
  readonly levels: number;
}

/** Flower's SecAgg+: ±8 in 2^22 levels; sums are taken modulo 2^32. */
export const defaultQuantisation: Quantisation = { clip: 8, levels: 2 ** 22 };

/** The largest number of clients whose sum stays below the modulus. */
export function mostClients({ levels }: Quantisation): number {
  return Math.floor((2 ** 32 - 1) / levels);
}

/**
 * Whole numbers from 0 to `levels`, rounded to the nearest.
 * @param into the output, written from `at` on
 * @returns how many numbers were clipped
 */
export function quantise(
  values: ArrayLike<number>,
  weight: number,
  { clip, levels }: Quantisation,
  into: Uint32Array,
  at: number,
): number {
  let saturated = 0;
  for (let i = 0; i < values.length; i++) {
    const value = weight * values[i]!;
    if (!Number.isFinite(value))
      throw new FedError("ERR_NOT_FINITE", `fedlt/quantise: element ${i} is ${value}`);
    const inside = Math.min(Math.max(value, -clip), clip);
    if (inside !== value) saturated++;
    into[at + i] = Math.round(((inside + clip) / (2 * clip)) * levels);
  }
  return saturated;
}

/** The sum of `count` clients' numbers from the sum of their whole numbers. */
export function dequantise(sum: number, count: number, { clip, levels }: Quantisation): number {
  return (sum * 2 * clip) / levels - clip * count;
}
