import type { ReadOptions, Scheme, Scored } from "../../core/scheme";
import { mixUnit } from "../../prf/expand";
import { deriveSubkey, type WatermarkKey } from "../../prf/key";
import { type Seed, sipHash } from "../../prf/siphash";
import { chooseToken } from "../exp/exp";
import { bestAlignment, bestScore } from "./alignment";
import type { ExpEditProfile } from "./profile";

/** A text, all of whose tokens are aligned. */
interface EditScored extends Scored {
  readonly ids: Int32Array;
}

/** −ln(1 − r) of each token at each key position, shape [keys, tokens]. */
function gainsOf(seeds: readonly Seed[], ids: Int32Array): Float64Array {
  const gains = new Float64Array(seeds.length * ids.length);
  seeds.forEach((seed, j) => {
    for (let i = 0; i < ids.length; i++)
      gains[j * ids.length + i] = -Math.log1p(-mixUnit(seed, ids[i]!));
  });
  return gains;
}

/**
 * The p-value of a score among those of random keys: exact where at least one of them is as large. Beyond the largest, the tail
 * of a Gumbel distribution of their mean and variance, as a score is a maximum.
 */
function rankOf(score: number, others: readonly number[]) {
  const count = others.length;
  const mean = others.reduce((sum, x) => sum + x, 0) / count;
  const variance = others.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1);
  const above = others.filter((x) => x >= score).length;
  const scale = (Math.sqrt(variance) * Math.sqrt(6)) / Math.PI;
  const tail = -Math.expm1(-Math.exp(-(score - mean) / scale - 0.577_215_664_9));
  const pValue = above > 0 ? (above + 1) / (count + 1) : Math.min(tail, 1 / (count + 1));
  return { mean, variance, pValue };
}

/**
 * EXP with a sequence of keys instead of keys by context: token t of a text is chosen by key position shift + t, and the detector
 * aligns text and keys, so that the mark outlives insertions and deletions. The shift follows from the prompt.
 *
 * @see Kuditipudi et al. 2024 (2307.15593), algorithms 2, 4 and 5 ("EXP-edit")
 */
export function expEdit(profile: ExpEditProfile, key: WatermarkKey): Scheme<EditScored> {
  const { key_length: keys, gap, trials, temperature } = profile;
  const own = deriveSubkey(key, "exp-edit");
  const shifts = deriveSubkey(key, "exp-edit/shift");
  const others = deriveSubkey(key, "exp-edit/other");
  const sequence = Array.from({ length: keys }, (_, j) => sipHash(own, [j]));
  const otherScores = (ids: Int32Array, table: Float64Array): number[] =>
    Array.from({ length: trials }, (_, trial) => {
      const seeds = Array.from({ length: keys }, (__, j) => sipHash(others, [trial, j]));
      return bestScore({ gains: gainsOf(seeds, ids), keys, tokens: ids.length, gap }, table);
    });
  return {
    messageBits: 0,
    hasNormalScore: false,
    unscoredTokens: 0,
    embedder: () => ({
      edit(ids, start, logits) {
        const prompt = Array.prototype.slice.call(ids, 0, start);
        const shift = sipHash(shifts, prompt)[0] % keys;
        const chosen = chooseToken(
          sequence[(shift + ids.length - start) % keys]!,
          logits,
          temperature,
        );
        if (chosen < 0) return;
        logits.fill(Number.NEGATIVE_INFINITY);
        logits[chosen] = 0;
      },
    }),
    score(ids) {
      const positions = Array.from({ length: ids.length }, (_, i) => i);
      return { positions, names: positions.map(String), ids: Int32Array.from(ids) };
    },
    test(scored, picks, { spend }: ReadOptions) {
      if (picks.length === 0) return { pValue: 1, marks: [] };
      const ids = Int32Array.from(picks, (i) => scored.ids[i]!);
      const tokens = ids.length;
      spend((trials + 2) * keys * tokens ** 2);
      const gains = gainsOf(sequence, ids);
      const { score, matches } = bestAlignment({ gains, keys, tokens, gap });
      const rank = rankOf(score, otherScores(ids, new Float64Array((tokens + 1) ** 2)));
      const [mean, variance] = [rank.mean / tokens, rank.variance / tokens];
      const marks = Array.from(matches, (j, i) => ({
        value: j < 0 ? 0 : gains[j * tokens + i]!,
        mean,
        variance,
      }));
      return { pValue: rank.pValue, marks };
    },
  };
}
