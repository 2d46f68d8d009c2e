/** @file The first entries of a random permutation, by the forward Fisher-Yates shuffle. */
import { mix } from "./expand";
import { type Draws, mersenneTwister } from "./mersenne-twister";
import type { Seed } from "./siphash";

let identity = new Int32Array(0);
let scratch = new Int32Array(0);

/** 0..length-1 in an array that the next call overwrites: allocating one per token would be costly. */
function identityOf(length: number): Int32Array {
  if (identity.length < length) {
    identity = Int32Array.from({ length }, (_, i) => i);
    scratch = new Int32Array(length);
  }
  scratch.set(identity.subarray(0, length));
  return scratch;
}

/**
 * The first `count` entries of a random order of 0..length-1, in an array that the next permutation overwrites.
 *
 * @param seed 64 bits from a keyed PRF
 * @param length number of items
 * @param count how many leading entries are needed, at most `length`
 * @returns shape [count]; copy it to keep it
 */
export function passingPermutation(seed: Seed, length: number, count: number): Int32Array {
  const order = identityOf(length);
  const [low, high] = seed;
  for (let i = 0; i < count; i++) {
    const j = i + ((mix(low, high, i) * (length - i) * 2 ** -32) | 0);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order.subarray(0, count);
}

/** `passingPermutation`, returned in a new array. */
export const keyedPermutation = (seed: Seed, length: number, count: number): Int32Array =>
  passingPermutation(seed, length, count).slice();

/**
 * The place of one item among those that `keyedPermutation` returns, or −1: its draws without its array, up to that place.
 *
 * @param item 0 to length − 1
 */
export function placeInPermutation(
  [low, high]: Seed,
  length: number,
  count: number,
  item: number,
): number {
  let at = item;
  for (let i = 0; i < count; i++) {
    const j = i + ((mix(low, high, i) * (length - i) * 2 ** -32) | 0);
    if (j === at) return i;
    if (i === at) at = j; // it makes room for another
  }
  return -1;
}

/** `keyedPermutation` with a seed drawn from a generator of numbers in [0, 1). */
export const randomPermutation = (
  length: number,
  count: number,
  random: () => number,
): Int32Array => keyedPermutation([random() * 2 ** 32, random() * 2 ** 32], length, count);

/**
 * torch's CPU `randperm(length)`: for i from 0 to length - 2, entry i is swapped with entry
 * i + (draw mod (length - i)).
 *
 * @param source a generator, or the seed of a fresh one
 * @param length number of items
 * @param count how many leading entries are needed; the generator is advanced by that many draws
 */
export function torchPermutation(
  source: Draws | bigint,
  length: number,
  count = length,
): Int32Array {
  const draws = typeof source === "bigint" ? mersenneTwister(source) : source;
  const order = identityOf(length);
  const last = Math.min(count, length - 1);
  for (let i = 0; i < last; i++) {
    const j = i + (draws.next() % (length - i));
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order.slice(0, count);
}
