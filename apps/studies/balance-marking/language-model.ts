import { type CausalLM, KvCache, type Tokenizer } from "@deepgrain/lm";
import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { type LanguageModel, type ProxyLM, proxyFromLogits } from "@deepgrain/watermark";

/** Logits of the token after `ids`, [1, vocabulary]. */
function nextLogits(model: CausalLM, ids: readonly number[], cache?: KvCache): Tensor {
  return tidy(() =>
    noGrad(() => {
      const tokens = { ids, batch: 1, length: ids.length };
      const hidden = model.hiddenStates(tokens, cache ? { cache } : {});
      return model.head(hidden.narrow(1, ids.length - 1, 1).squeeze(1));
    }),
  );
}

/** A language model that holds a cache. */
export interface CachedModel {
  next: LanguageModel;
  dispose(): void;
}

/**
 * A model as a function from ids to the next token's logits. Called with what it has read and more, it reads only what
 * is new; called with anything else, it starts over.
 * @param onCall called before each step
 */
export function cachedModel(model: CausalLM, onCall: () => void = () => {}): CachedModel {
  let cache: KvCache | undefined;
  let read: readonly number[] = [];
  const startOver = () => {
    cache?.dispose();
    cache = new KvCache(1, model.config.maxPositionEmbeddings);
    read = [];
    return cache;
  };
  return {
    async next(ids) {
      onCall();
      const isMore = ids.length > read.length && read.every((id, i) => ids[i] === id);
      const current = cache && isMore ? cache : startOver();
      const logits = nextLogits(model, ids.slice(read.length), current);
      read = ids.slice();
      const values = (await logits.data()) as Float32Array;
      logits.dispose();
      return values;
    },
    dispose: () => cache?.dispose(),
  };
}

/**
 * The writing model as the proxy of Balance-Marking ("same model"): it sees the last generated tokens and no prompt.
 * Synchronous where the backend is.
 */
export function sameModelProxy(model: CausalLM, tokenizer: Tokenizer | undefined): ProxyLM {
  const { vocabSize, bosTokenId, eosTokenId } = model.config;
  const first = tokenizer?.bosTokenId ?? [bosTokenId, eosTokenId].flat()[0] ?? 0;
  return proxyFromLogits("same-model", vocabSize, (context) => {
    const logits = nextLogits(model, context.length > 0 ? context : [first]);
    try {
      return logits.dataSync() as Float32Array;
    } finally {
      logits.dispose();
    }
  });
}
