/** @file Seeded numbers for tests, all of them representable in float32. */

export type Random = () => number;

/** Uniform numbers in [0, 1) that depend on `name` only (xmur3-like hash, mulberry32). */
export function seededRandom(name: string): Random {
  let state = 0x9e3779b9;
  for (let i = 0; i < name.length; i++)
    state = Math.imul(state ^ name.charCodeAt(i), 0x85ebca6b) ^ (state >>> 13);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function uniforms(random: Random, n: number, low = -2, high = 2): number[] {
  const numbers = new Array<number>(n);
  for (let i = 0; i < n; i++) numbers[i] = Math.fround(low + (high - low) * random());
  return numbers;
}

/** Integers in low … high − 1. */
export function integers(random: Random, n: number, low: number, high: number): number[] {
  const numbers = new Array<number>(n);
  for (let i = 0; i < n; i++) numbers[i] = low + Math.floor((high - low) * random());
  return numbers;
}

/** Numbers that floating point can go wrong on. */
export const SPECIALS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  1e-30,
  -1e-30,
  3e38,
  -3e38,
  20,
  -20,
  87,
  -87,
  100,
  -100,
].map(Math.fround);

/** Lengths around the widths of vectors, tiles and unrolled loops. */
export const EDGE_SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 130];

/** Every pair of the two lists. */
export const pairs = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] =>
  as.flatMap((a) => bs.map((b): [A, B] => [a, b]));

/** Where each of consecutive groups of `counts` rows starts, and the end of the last. */
export function offsetsOf(counts: readonly number[]): number[] {
  let end = 0;
  return [0, ...counts.map((count) => (end += count))];
}
