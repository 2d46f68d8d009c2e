/** @file From one 64-bit seed to many cheap, well-mixed 32-bit numbers. */
import type { Seed } from "./siphash";

/**
 * One 32-bit pseudo-random number for `(seed, index)`: two multiply-xorshift rounds with half of the
 * seed added before each. The secrecy lies in the seed, which comes from a keyed PRF.
 *
 * @param low low word of the seed
 * @param high high word of the seed
 * @param index any 32-bit integer
 * @returns an unsigned 32-bit integer
 * @see the constants are those of the "lowbias32" search in C. Wellons' hash-prospector
 */
export function mix(low: number, high: number, index: number): number {
  let x = (index + low) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = (x ^ (x >>> 15)) + high;
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/**
 * An integer in [0, bound) for `(seed, index)`, by scaling; the bias is below bound / 2^32.
 *
 * @param bound 1 to 2^31
 */
export const mixBelow = (seed: Seed, index: number, bound: number): number =>
  (mix(seed[0], seed[1], index) * bound * 2 ** -32) | 0;

/** A real number in (0, 1) for `(seed, index)`, on a grid of 2^-32. */
export const mixUnit = (seed: Seed, index: number): number =>
  (mix(seed[0], seed[1], index) + 0.5) * 2 ** -32;

/**
 * Adds to each count the top bit of `mix(low, high, index)`: the same as a loop over `mix`, only faster.
 *
 * @param counts shape [indices], changed in place
 */
export function addTopBits(low: number, high: number, counts: Uint16Array): void {
  const [first, second] = [low | 0, high | 0];
  for (let index = 0; index < counts.length; index++) {
    let x = (index + first) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = ((x ^ (x >>> 15)) + second) | 0;
    counts[index]! += Math.imul(x ^ (x >>> 15), 0x735a2d97) >>> 31; // The last shift does not change this bit.
  }
}
