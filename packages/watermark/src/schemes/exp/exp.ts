import type { Scheme, Scored } from "../../core/scheme";
import { mix, mixUnit } from "../../prf/expand";
import type { WatermarkKey } from "../../prf/key";
import type { Seed } from "../../prf/siphash";
import { gammaTail } from "../../statistics/gamma";
import { isRepeatedContext } from "../shared/repeated-context";
import { keyedSeeds } from "../shared/seeding";
import type { ExpProfile } from "./profile";

/** Positions with their score −ln(1 − r). */
export interface ExpScored extends Scored {
  readonly scores: Float64Array;
}

/** The token that minimises −ln(r_v)/p_v, or −1 when no token is possible. */
export function chooseToken(seed: Seed, logits: Float32Array, temperature: number): number {
  const [low, high] = seed;
  let peak = Number.NEGATIVE_INFINITY;
  for (let v = 0; v < logits.length; v++) if (logits[v]! > peak) peak = logits[v]!;
  let chosen = -1;
  let best = Number.POSITIVE_INFINITY;
  for (let v = 0; v < logits.length; v++) {
    const gap = (peak - logits[v]!) / temperature;
    if (gap === Number.POSITIVE_INFINITY) continue;
    const r = (mix(low, high, v) + 0.5) * 2 ** -32;
    // −ln r ≥ 1 − r and e^gap ≥ 1 + gap, which decides most tokens without evaluating either function.
    if ((1 - r) * (1 + gap) >= best) continue;
    const cost = -Math.log(r) * Math.exp(gap);
    if (cost < best) {
      best = cost;
      chosen = v;
    }
  }
  return chosen;
}

/**
 * Exponential-minimum sampling: the token with the largest r_v^(1/p_v), r_v from the keyed PRF, gets
 * logit 0 and all others −Infinity, so that any sampler selects it. Averaged over keys, it has the distribution p.
 * For a context that occurred before, the logits are unchanged and the caller's sampler chooses.
 * Score S = Σ −ln(1 − r) of the tokens seen; on unmarked text S ~ Gamma(n, 1).
 *
 * @see Aaronson 2022 (talk); MarkLLM's "EXP"
 */
export function exp(profile: ExpProfile, key: WatermarkKey): Scheme<ExpScored> {
  const { context_width: width, temperature } = profile;
  const seedOf = keyedSeeds(key, "exp", "lefthash", width);
  return {
    messageBits: 0,
    hasNormalScore: false,
    unscoredTokens: width,
    embedder: () => ({
      edit(ids, start, logits) {
        const isMarked =
          ids.length >= width && !isRepeatedContext(ids, ids.length, width, Math.max(start, width));
        if (!isMarked) {
          if (temperature !== 1) for (let v = 0; v < logits.length; v++) logits[v]! /= temperature;
          return;
        }
        const chosen = chooseToken(seedOf(ids, ids.length), logits, temperature);
        if (chosen < 0) return;
        logits.fill(Number.NEGATIVE_INFINITY);
        logits[chosen] = 0;
      },
    }),
    score(ids) {
      const positions: number[] = [];
      const names: string[] = [];
      const scores: number[] = [];
      for (let t = width; t < ids.length; t++) {
        const seed = seedOf(ids, t);
        positions.push(t);
        names.push(`${seed.join()}:${ids[t]}`);
        scores.push(-Math.log1p(-mixUnit(seed, ids[t]!)));
      }
      return { positions, names, scores: Float64Array.from(scores) };
    },
    test(scored, picks) {
      const marks = picks.map((i) => ({ value: scored.scores[i]!, mean: 1, variance: 1 }));
      const sum = marks.reduce((total, mark) => total + mark.value, 0);
      return { marks, pValue: picks.length ? gammaTail(picks.length, sum) : 1 };
    },
  };
}
