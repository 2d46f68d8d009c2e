/** @file Derives a seed from a context of tokens, for the green-list schemes in keyed mode. */

import { deriveSubkey, type WatermarkKey } from "../../prf/key";
import { type Seed, sipHash } from "../../prf/siphash";
import type { SeedingScheme } from "../kgw/profile";

const isBelow = (a: Seed, b: Seed) => a[1] < b[1] || (a[1] === b[1] && a[0] < b[0]);

/**
 * Returns the seed of the context that ends before position `end` of `ids` (with `selfhash`: of the
 * tokens up to and including position `end - 1`, the candidate being the last).
 */
export type SeedOf = (ids: ArrayLike<number>, end: number) => Seed;

/**
 * Seeds by a keyed PRF over the last `width` tokens: all of them in order (`lefthash`), their sum
 * (`additive`), the least of the PRF over single tokens (`minhash`), the oldest (`skipgram`), or the
 * least of the PRF over pairs with the last (`selfhash`).
 *
 * @see Kirchenbauer et al. 2023 (2306.04634), section 3
 */
export function keyedSeeds(
  key: WatermarkKey,
  purpose: string,
  scheme: SeedingScheme,
  width: number,
): SeedOf {
  const subkey = deriveSubkey(key, `${purpose}/${scheme}/${width}`);
  const least = (ids: ArrayLike<number>, end: number, wordsOf: (token: number) => number[]) => {
    let best = sipHash(subkey, wordsOf(ids[end - 1]!));
    for (let i = end - width; i < end - 1; i++) {
      const seed = sipHash(subkey, wordsOf(ids[i]!));
      if (isBelow(seed, best)) best = seed;
    }
    return best;
  };
  switch (scheme) {
    case "lefthash": {
      const words = new Int32Array(width);
      return (ids, end) => {
        for (let i = 0; i < width; i++) words[i] = ids[end - width + i]!;
        return sipHash(subkey, words);
      };
    }
    case "additive":
      return (ids, end) => {
        let sum = 0;
        for (let i = end - width; i < end; i++) sum += ids[i]!;
        return sipHash(subkey, [sum]);
      };
    case "minhash":
      return (ids, end) => least(ids, end, (token) => [token]);
    case "skipgram":
      return (ids, end) => sipHash(subkey, [ids[end - width]!]);
    case "selfhash":
      return (ids, end) => least(ids, end, (token) => [token, ids[end - 1]!]);
  }
}
