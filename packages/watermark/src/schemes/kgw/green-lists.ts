import { mixUnit } from "../../prf/expand";
import type { WatermarkKey } from "../../prf/key";
import { passingPermutation, torchPermutation } from "../../prf/permutation";
import { keyedSeeds } from "../shared/seeding";
import { compatSeeds } from "./compat-seeding";
import type { KgwProfile } from "./profile";

/** Green lists by context. `end` is the index after the context, which `ids` must contain. */
export interface GreenLists {
  /** Identifies the seed of the context. */
  name(ids: ArrayLike<number>, end: number): string;
  /** The green tokens in the order in which they were drawn; valid until the next list is requested. */
  list(ids: ArrayLike<number>, end: number): Int32Array;
  /** Whether `token` is green. */
  contains(ids: ArrayLike<number>, end: number, token: number): boolean;
}

const cachedLists = 256;

/**
 * The green lists of a KGW profile: the first ⌊γ|V|⌋ entries of a pseudo-random permutation of the
 * vocabulary, which the context seeds. In keyed mode `selfhash` instead draws each (seed, token) with probability γ,
 * because each candidate has its own list, of which only one membership matters.
 *
 * @see Kirchenbauer et al. 2023 (2301.10226), algorithm 2; (2306.04634), algorithm 3
 */
export function greenLists(profile: KgwProfile, key: WatermarkKey | undefined): GreenLists {
  const { vocab_size: size, greenlist_ratio: gamma, seeding_scheme, context_width } = profile;
  // The tolerance prevents rounding errors, as in 0.1 * 30, from removing the last token.
  const count = Math.floor(gamma * size + 1e-9);
  if (profile.compat) {
    const seedOf = compatSeeds(profile);
    return memoised(
      size,
      (ids, end) => `${seedOf(ids, end)}`,
      (ids, end) => torchPermutation(seedOf(ids, end), size, count),
    );
  }
  const seedOf = keyedSeeds(key!, "kgw", seeding_scheme, context_width);
  const name = (ids: ArrayLike<number>, end: number) => seedOf(ids, end).join();
  if (seeding_scheme === "selfhash") {
    const isGreen = (ids: ArrayLike<number>, end: number, token: number) =>
      mixUnit(seedOf(ids, end), token) < gamma;
    const list = (ids: ArrayLike<number>, end: number) => {
      const seed = seedOf(ids, end);
      const greens: number[] = [];
      for (let token = 0; token < size; token++)
        if (mixUnit(seed, token) < gamma) greens.push(token);
      return Int32Array.from(greens);
    };
    return { name, list, contains: isGreen };
  }
  return memoised(size, name, (ids, end) => passingPermutation(seedOf(ids, end), size, count));
}

function memoised(size: number, name: GreenLists["name"], list: GreenLists["list"]): GreenLists {
  const masks = new Map<string, Uint8Array>();
  return {
    name,
    list,
    contains(ids, end, token) {
      const seed = name(ids, end);
      let mask = masks.get(seed);
      if (!mask) {
        mask = new Uint8Array(size);
        for (const green of list(ids, end)) mask[green] = 1;
        if (masks.size >= cachedLists) masks.clear();
        masks.set(seed, mask);
      }
      return mask[token] === 1;
    },
  };
}
