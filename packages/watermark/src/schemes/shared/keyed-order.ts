import { mix } from "../../prf/expand";
import type { Seed } from "../../prf/siphash";

/**
 * All tokens in ascending order of their keyed number `mix(seed, token)`; ties go to the lower token. The order is
 * uniform over seeds, and a token's half of it is known from its number alone: see {@link isLate}. Takes linear time:
 * about one token falls into each bin, and the insertion sort at the end moves tokens within bins only.
 *
 * @param size tokens, 2 to 2^24
 * @returns shape [size]
 */
export function keyedOrder([low, high]: Seed, size: number): Int32Array {
  const shift = Math.clz32(size - 1);
  const numbers = new Uint32Array(size);
  const places = new Int32Array(2 ** (32 - shift) + 1);
  for (let v = 0; v < size; v++) {
    numbers[v] = mix(low, high, v);
    places[(numbers[v]! >>> shift) + 1]!++;
  }
  for (let bin = 1; bin < places.length; bin++) places[bin]! += places[bin - 1]!;
  const order = new Int32Array(size);
  for (let v = 0; v < size; v++) order[places[numbers[v]! >>> shift]!++] = v;
  for (let i = 1; i < size; i++) {
    const token = order[i]!;
    let at = i;
    for (; at > 0 && numbers[order[at - 1]!]! > numbers[token]!; at--) order[at] = order[at - 1]!;
    order[at] = token;
  }
  return order;
}

/** Whether a token's keyed number lies in the upper half: a fair coin, independent for every (seed, token). */
export const isLate = ([low, high]: Seed, token: number): boolean =>
  mix(low, high, token) >= 2 ** 31;
