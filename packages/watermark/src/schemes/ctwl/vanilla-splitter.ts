import { addTopBits, mix } from "../../prf/expand";
import { deriveSubkey, type WatermarkKey } from "../../prf/key";
import { type Seed, sipHash } from "../../prf/siphash";
import { prefixWords } from "./prefix";
import type { CtwlVanillaProfile } from "./profile";
import { coinsOf, type Splitter, type Vote } from "./splitter";

interface VanillaVote extends Vote {
  readonly token: number;
  seed(chunk: number): Seed;
}

/**
 * Vanilla-Marking: token v is favoured when one hash bit of (prefix, message, v) is 1, an
 * independent coin per token.
 *
 * @see Wang et al. 2024 (2307.15992), Vanilla-Marking
 */
export function vanillaSplitter(
  profile: CtwlVanillaProfile,
  key: WatermarkKey,
): Splitter<VanillaVote> {
  const subkey = deriveSubkey(key, "ctwl/vanilla");
  const width = profile.hash_prefix_len;
  const seedOf = (ids: ArrayLike<number>, end: number, chunk: number) =>
    sipHash(subkey, prefixWords(ids, end, width, chunk));
  // The token replaces half of the seed, so that a tally mixes only once per message.
  const coin = ([low, high]: Seed, message: number, token: number) =>
    mix(low, mix(high, low, token), message) >>> 31;
  return {
    favoured(ids, end, chunk, message) {
      const seed = seedOf(ids, end, chunk);
      return (token) => coin(seed, message, token) === 1;
    },
    vote(ids, at) {
      const words = prefixWords(ids, at, width, 0);
      const seed = (chunk: number) => {
        words[0] = chunk;
        return sipHash(subkey, words);
      };
      return { chance: 0.5, token: ids[at]!, seed };
    },
    partsOf: coinsOf,
    isHit: (vote, chunk, message) => coin(vote.seed(chunk), message, vote.token) === 1,
    tallySteps: (bits) => 2 ** bits,
    tally(votes, chunk, bits) {
      const hits = new Uint16Array(2 ** bits);
      for (const { seed, token } of votes) {
        const [low, high] = seed(chunk);
        addTopBits(low, mix(high, low, token), hits);
      }
      return hits;
    },
  };
}
