import type { Embedder, Scheme, Scored } from "../../core/scheme";
import { topRanked } from "../../core/top-indices";
import type { WatermarkKey } from "../../prf/key";
import { binomialTail } from "../../statistics/binomial";
import { type GreenLists, greenLists } from "./green-lists";
import type { KgwProfile } from "./profile";

/** Positions with the observation "green or not". */
export interface GreenScored extends Scored {
  readonly hits: Uint8Array;
}

/**
 * The test of a count of hits: an exact binomial tail at the true `chance`. The marks, and so z, are
 * centred on `gamma` as in the papers; the two differ when γ|V| is not an integer.
 */
export function testHits(
  scored: GreenScored,
  picks: readonly number[],
  chance: number,
  gamma: number,
) {
  const variance = gamma * (1 - gamma);
  const marks = picks.map((i) => ({ value: scored.hits[i]!, mean: gamma, variance }));
  const hits = marks.reduce((sum, mark) => sum + mark.value, 0);
  return { marks, pValue: binomialTail(picks.length, hits, chance) };
}

/** Green tokens gain `bias`; in hard mode the others become impossible instead. */
export function favour(
  logits: Float32Array,
  tokens: ArrayLike<number>,
  bias: number,
  hard: boolean,
) {
  if (!hard) {
    for (let i = 0; i < tokens.length; i++) logits[tokens[i]!]! += bias;
    return;
  }
  const kept = Array.from(tokens, (token) => logits[token]!);
  if (!kept.some(Number.isFinite)) return; // No green token is possible: a hard mark would end the text.
  logits.fill(Number.NEGATIVE_INFINITY);
  kept.forEach((logit, i) => {
    logits[tokens[i]!] = logit;
  });
}

function selfHashEmbedder(profile: KgwProfile, lists: GreenLists): Embedder {
  const { context_width: width, selfhash_candidates: candidates, bias, hard } = profile;
  return {
    edit(ids, _start, logits) {
      if (ids.length < width) return;
      const context = new Int32Array(width);
      for (let i = 0; i < width - 1; i++) context[i] = ids[ids.length - width + 1 + i]!;
      const greens: number[] = [];
      for (const candidate of topRanked(logits, Math.min(candidates, logits.length))) {
        context[width - 1] = candidate;
        if (lists.contains(context, width, candidate)) greens.push(candidate);
      }
      favour(logits, greens, bias, hard);
    },
  };
}

/**
 * The green-list watermark: z = (G − γT)/√(γ(1−γ)T) over T scored n-grams with G hits.
 *
 * @see Kirchenbauer et al. 2023 (2301.10226; 2306.04634)
 */
export function kgw(profile: KgwProfile, key: WatermarkKey | undefined): Scheme<GreenScored> {
  const lists = greenLists(profile, key);
  const { context_width: width, greenlist_ratio: gamma, bias, hard, vocab_size } = profile;
  const isSelf = profile.seeding_scheme === "selfhash";
  // The random draw: the whole list has ⌊γ|V|⌋ tokens, a self-hash draw has probability γ.
  const chance =
    isSelf && !profile.compat ? gamma : Math.floor(gamma * vocab_size + 1e-9) / vocab_size;
  return {
    messageBits: 0,
    hasNormalScore: true,
    unscoredTokens: isSelf ? width - 1 : width,
    embedder: () =>
      isSelf
        ? selfHashEmbedder(profile, lists)
        : {
            edit(ids, _start, logits) {
              if (ids.length >= width) favour(logits, lists.list(ids, ids.length), bias, hard);
            },
          },
    score(ids) {
      const positions: number[] = [];
      const names: string[] = [];
      const hits: number[] = [];
      for (let t = isSelf ? width - 1 : width; t < ids.length; t++) {
        const end = isSelf ? t + 1 : t;
        positions.push(t);
        names.push(`${lists.name(ids, end)}:${ids[t]}`);
        hits.push(lists.contains(ids, end, ids[t]!) ? 1 : 0);
      }
      return { positions, names, hits: Uint8Array.from(hits) };
    },
    test: (scored, picks) => testHits(scored, picks, chance, gamma),
  };
}
