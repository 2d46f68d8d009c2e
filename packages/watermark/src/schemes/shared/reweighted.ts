/** @file Schemes that redistribute probability along a keyed order of the vocabulary, without distortion. */
import type { Embedder, Scheme } from "../../core/scheme";
import type { WatermarkKey } from "../../prf/key";
import type { Seed } from "../../prf/siphash";
import { softmax64 } from "../../proxy/proxy-lm";
import { type GreenScored, testHits } from "../kgw/kgw";
import { keyedOrder } from "./keyed-order";
import { isRepeatedContext } from "./repeated-context";
import { keyedSeeds, type SeedOf } from "./seeding";

/** A reweighting, and what it leaves in the text. */
export interface Reweighting {
  /** Separates its seeds from those of other schemes. */
  purpose: string;
  width: number;
  /**
   * Changes probabilities in place; averaged over seeds they must stay as they were.
   *
   * @param p shape [vocabulary], summing to 1
   * @param order the vocabulary in the keyed order
   */
  reweight(p: Float64Array, order: Int32Array, seed: Seed): void;
  /** Whether the token is evidence of the mark: a fair coin for text written without the key. */
  isHit(seed: Seed, token: number): boolean;
}

function reweightingEmbedder({ width, reweight }: Reweighting, seedOf: SeedOf): Embedder {
  return {
    edit(ids, start, logits) {
      const end = ids.length;
      if (end < width || isRepeatedContext(ids, end, width, Math.max(start, width))) return;
      const p = softmax64(logits);
      if (Number.isNaN(p[0])) return; // no token is possible
      const seed = seedOf(ids, end);
      reweight(p, keyedOrder(seed, p.length), seed);
      for (let v = 0; v < p.length; v++) logits[v] = Math.log(p[v]!);
    },
  };
}

/**
 * Marks by a reweighting that is seeded by the last `width` tokens. A context that came before in the text would get
 * the same seed again, and two tokens would depend on each other; as in the papers, its logits stay unchanged, and
 * detection counts each context once. The test is an exact binomial tail with chance ½.
 *
 * @see Hu et al. 2024 (2310.10669), section 3 and algorithm 1; Wu et al. 2024 (2310.07710), section 4
 */
export function reweighted(key: WatermarkKey, reweighting: Reweighting): Scheme<GreenScored> {
  const { purpose, width, isHit } = reweighting;
  const seedOf = keyedSeeds(key, purpose, "lefthash", width);
  return {
    messageBits: 0,
    hasNormalScore: true,
    unscoredTokens: width,
    embedder: () => reweightingEmbedder(reweighting, seedOf),
    score(ids) {
      const positions: number[] = [];
      const names: string[] = [];
      const hits: number[] = [];
      for (let t = width; t < ids.length; t++) {
        const seed = seedOf(ids, t);
        positions.push(t);
        names.push(seed.join());
        hits.push(isHit(seed, ids[t]!) ? 1 : 0);
      }
      return { positions, names, hits: Uint8Array.from(hits) };
    },
    test: (scored, picks) => testHits(scored, picks, 0.5, 0.5),
  };
}
