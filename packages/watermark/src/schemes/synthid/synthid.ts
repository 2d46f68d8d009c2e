import type { Embedder, Scheme, Scored } from "../../core/scheme";
import { topIndices } from "../../core/top-indices";
import type { WatermarkKey } from "../../prf/key";
import { softmax64 } from "../../proxy/proxy-lm";
import { normalTail } from "../../statistics/normal";
import { isRepeatedContext } from "../shared/repeated-context";
import { type GValues, gBit, gValues } from "./g-values";
import type { SynthIdProfile } from "./profile";
import { layerWeights, runTournament, tokenScore } from "./tournament";

/** Positions with their g-values. */
export interface SynthIdScored extends Scored {
  /** Shape [positions, depth], zeros and ones. */
  readonly g: Uint8Array;
  readonly scores: Float64Array;
}

/** The logit of a token with probability 0: −Infinity, or the finite minimum of the published codes. */
const floorLogit = (profile: SynthIdProfile) =>
  profile.compat === "reference"
    ? -1e12
    : profile.compat === "huggingface"
      ? -3.4028234663852886e38
      : Number.NEGATIVE_INFINITY;

/** The last H generated tokens, with zeros before the text's start. */
function contextAt(ids: ArrayLike<number>, end: number, start: number, width: number): Int32Array {
  return Int32Array.from({ length: width }, (_, i) => {
    const at = end - width + i;
    return at >= start ? ids[at]! : 0;
  });
}

/** Restricts to the top k at the profile's temperature; returns the candidates and their probabilities. */
function cut(profile: SynthIdProfile, logits: Float32Array) {
  const { top_k, temperature } = profile;
  const candidates = topIndices(logits, top_k);
  const n = candidates.length;
  const scaled = new Float64Array(n);
  for (let i = 0; i < n; i++) scaled[i] = logits[candidates[i]!]! / temperature;
  return { candidates, scaled, p: softmax64(scaled) };
}

function synthIdEmbedder(profile: SynthIdProfile, values: GValues): Embedder {
  const { ngram_len, context_history_size: history, depth, num_leaves } = profile;
  const width = ngram_len - 1;
  const nothing = floorLogit(profile);
  return {
    edit(ids, start, logits) {
      const step = ids.length - start;
      if (profile.skip_first_ngram_calls && step < width) return;
      const { candidates, scaled, p } = cut(profile, logits);
      if (Number.isNaN(p[0])) return; // no token is possible
      if (candidates.length < logits.length) logits.fill(nothing);
      if (isSeen(ids, start, width, history)) {
        candidates.forEach((v, i) => {
          logits[v] = scaled[i]!;
        });
        return;
      }
      const context = contextAt(ids, ids.length, start, width);
      runTournament(p, values.of(context, candidates), values.words, depth, num_leaves);
      candidates.forEach((v, i) => {
        logits[v] = p[i]! > 0 ? Math.log(p[i]!) : nothing;
      });
    },
  };
}

/** Whether this context was used at one of the last `history` steps. */
function isSeen(ids: ArrayLike<number>, start: number, width: number, history: number): boolean {
  const padded = new Int32Array(width + ids.length - start);
  for (let i = start; i < ids.length; i++) padded[width + i - start] = ids[i]!;
  return isRepeatedContext(padded, padded.length, width, width, history);
}

/** 1 where the same name is among the `history` names before it. */
export function repeatsWithin(names: readonly string[], history: number): Uint8Array {
  const last = new Map<string, number>();
  return Uint8Array.from(names, (name, i) => {
    const before = last.get(name);
    const isRepeat = before !== undefined && i - before <= history;
    last.set(name, i);
    return isRepeat ? 1 : 0;
  });
}

/**
 * Tournament sampling. The context is the last H generated tokens, zeros at first, without the
 * prompt; for a context in the history, the distribution is unchanged. Detection drops the first H tokens
 * and repeated contexts (with `compat` the scores keep those last seen more than `context_history_size` positions ago, as
 * the published detectors do); s = Σ_t Σ_ℓ w_ℓ g_tℓ/(m n) has mean ½ and variance Σ w_ℓ²/(4 m² n).
 *
 * @see Dathathri et al., Nature 2024
 */
export function synthid(
  profile: SynthIdProfile,
  key: WatermarkKey | undefined,
): Scheme<SynthIdScored> {
  const values = gValues(profile, key);
  const { depth } = profile;
  const width = profile.ngram_len - 1;
  const weights = layerWeights(depth, profile.detector);
  const variance = weights.reduce((sum, w) => sum + w * w, 0) / (4 * depth * depth);
  return {
    messageBits: 0,
    hasNormalScore: true,
    unscoredTokens: width,
    embedder: () => synthIdEmbedder(profile, values),
    score(ids) {
      const positions: number[] = [];
      const names: string[] = [];
      const count = Math.max(0, ids.length - width);
      const g = new Uint8Array(count * depth);
      const scores = new Float64Array(count);
      for (let t = width; t < ids.length; t++) {
        const context = contextAt(ids, t, 0, width);
        const bits = values.of(context, [ids[t]!]);
        const row = t - width;
        for (let l = 0; l < depth; l++) g[row * depth + l] = gBit(bits, values.words, 0, l);
        scores[row] = tokenScore(bits, values.words, 0, weights);
        positions.push(t);
        names.push(context.join());
      }
      const isMasked = repeatsWithin(names, profile.context_history_size);
      return { positions, names, g, scores, isMasked: profile.compat ? isMasked : undefined };
    },
    test(scored, picks) {
      const marks = picks.map((i) => ({ value: scored.scores[i]!, mean: 0.5, variance }));
      const excess = marks.reduce((sum, mark) => sum + mark.value - 0.5, 0);
      const z = excess / Math.sqrt(variance * Math.max(1, picks.length));
      return { marks, pValue: picks.length ? normalTail(z) : 1 };
    },
  };
}
