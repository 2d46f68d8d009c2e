import type { Scheme } from "../../core/scheme";
import { deriveSubkey, type WatermarkKey } from "../../prf/key";
import { keyedPermutation } from "../../prf/permutation";
import { sipHash } from "../../prf/siphash";
import { type GreenScored, testHits } from "../kgw/kgw";
import type { UnigramProfile } from "./profile";

/**
 * The profile's fixed green list: the first ⌊γ|V|⌋ entries of a keyed permutation.
 *
 * @returns green token ids, shape [⌊γ|V|⌋]
 */
export function unigramGreenList(profile: UnigramProfile, key: WatermarkKey): Int32Array {
  const count = Math.floor(profile.greenlist_ratio * profile.vocab_size + 1e-9);
  const seed = sipHash(deriveSubkey(key, "unigram"), []);
  return keyedPermutation(seed, profile.vocab_size, count);
}

/**
 * One green list for every position. A repeated token is not new evidence, so tests count each
 * distinct token once.
 *
 * @see Zhao et al. 2023 (2306.17439)
 */
export function unigram(profile: UnigramProfile, key: WatermarkKey): Scheme<GreenScored> {
  const greens = unigramGreenList(profile, key);
  const mask = new Uint8Array(profile.vocab_size);
  for (const token of greens) mask[token] = 1;
  const chance = greens.length / profile.vocab_size;
  return {
    messageBits: 0,
    hasNormalScore: true,
    unscoredTokens: 0,
    embedder: () => ({
      edit(_ids, _start, logits) {
        for (let i = 0; i < mask.length; i++) logits[i]! += profile.bias * mask[i]!;
      },
    }),
    score: (ids) => ({
      positions: Array.from({ length: ids.length }, (_, i) => i),
      names: Array.from(ids, String),
      hits: Uint8Array.from(ids, (id) => mask[id]!),
    }),
    test: (scored, picks) => testHits(scored, picks, chance, profile.greenlist_ratio),
  };
}
