import type { Embedder } from "../../core/scheme";
import { topIndices } from "../../core/top-indices";
import type { Distributions } from "../../proxy/distributions";
import type { QuantisedDistribution } from "../../proxy/proxy-lm";
import type { Layout } from "./layout";
import type { CtwlProfile } from "./profile";
import type { Splitter, Vote } from "./splitter";

interface Rivals {
  chunk: number;
  /** Position up to which hits are counted. */
  counted: number;
  hits: Uint16Array;
}

/** The strongest message other than `message`; ties go to the smaller one. */
function strongestRival(hits: Uint16Array, message: number): number {
  let rival = message === 0 ? 1 : 0;
  for (let m = 0; m < hits.length; m++) if (m !== message && hits[m]! > hits[rival]!) rival = m;
  return rival;
}

/**
 * Adds δ to the favoured half of the candidates. With a max_confidence strategy the bias is
 * δ·[v ∈ G(m)] − λ·δ·[v ∈ G(m₂)], m₂ the strongest rival so far, clamped to ±δ (`max_confidence`) or
 * ±δ/2 (`max_confidence_updated`).
 *
 * @param messages the payload's chunks as integers
 */
export function ctwlEmbedder<V extends Vote>(
  profile: CtwlProfile,
  splitter: Splitter<V>,
  layout: Layout,
  distributions: Distributions,
  messages: readonly number[],
): Embedder {
  const { bias, top_k, message_model_strategy: strategy, max_confidence_lbd: lambda } = profile;
  const limit = strategy === "max_confidence_updated" ? bias / 2 : bias;
  let rivals: Rivals | undefined;

  const countRivals = (ids: ArrayLike<number>, start: number, chunk: number): Rivals => {
    const isStale = !rivals || rivals.chunk !== chunk || rivals.counted > ids.length;
    let state = rivals;
    if (isStale || !state)
      state = { chunk, counted: start, hits: new Uint16Array(2 ** layout.bitsOf(chunk)) };
    for (; state.counted < ids.length; state.counted++) {
      if (layout.chunkAt(state.counted - start) !== chunk) continue;
      const proxy = distributions.at(ids, state.counted, start);
      if (proxy === "skip") continue;
      const vote = splitter.vote(ids, state.counted, proxy);
      const hits = splitter.tally([vote], chunk, layout.bitsOf(chunk));
      for (let m = 0; m < hits.length; m++) state.hits[m]! += hits[m]!;
    }
    rivals = state;
    return state;
  };

  const edit = (
    ids: ArrayLike<number>,
    start: number,
    logits: Float32Array,
    chunk: number,
    proxy: QuantisedDistribution | undefined,
  ) => {
    const message = messages[chunk]!;
    const isFavoured = splitter.favoured(ids, ids.length, chunk, message, proxy);
    const candidates = topIndices(logits, top_k);
    if (strategy === "vanilla") {
      for (const v of candidates) if (isFavoured(v)) logits[v]! += bias;
      return;
    }
    const { hits } = countRivals(ids, start, chunk);
    if (hits.length < 2) return;
    const rival = strongestRival(hits, message);
    const helpsRival = splitter.favoured(ids, ids.length, chunk, rival, proxy);
    for (const v of candidates) {
      const change = bias * Number(isFavoured(v)) - lambda * bias * Number(helpsRival(v));
      logits[v]! += Math.max(-limit, Math.min(limit, change));
    }
  };

  return {
    edit(ids, start, logits) {
      const chunk = layout.chunkAt(ids.length - start);
      if (chunk < 0) return;
      const proxy = distributions.at(ids, ids.length, start);
      if (proxy !== "skip") edit(ids, start, logits, chunk, proxy);
    },
    ...(distributions.isUsed && {
      isAsync: distributions.isAsync,
      async prepare(ids: ArrayLike<number>, start: number) {
        if (layout.chunkAt(ids.length - start) >= 0)
          await distributions.fetch(ids, ids.length, start);
      },
    }),
  };
}
