import { type CausalLM, KvCache, type Tokenizer } from "@deepgrain/lm";
import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { type LanguageModel, type ProxyLM, proxyFromLogits } from "@deepgrain/watermark";

/** Logits of the token after each of several texts of equal length, [texts, vocabulary]. */
function nextLogits(
  model: CausalLM,
  texts: readonly (readonly number[])[],
  cache?: KvCache,
): Tensor {
  const length = texts[0]!.length;
  return tidy(() =>
    noGrad(() => {
      const tokens = { ids: texts.flat(), batch: texts.length, length };
      const hidden = model.hiddenStates(tokens, cache ? { cache } : {});
      return model.head(hidden.narrow(1, length - 1, 1).squeeze(1));
    }),
  );
}

/** A language model that holds a cache. */
export interface CachedModel {
  next: LanguageModel;
  dispose(): void;
}

type Texts = readonly (readonly number[])[];

/** Reads texts of equal length: only what is new where they go on, otherwise anew. */
function lockstep(model: CausalLM) {
  let cache: KvCache | undefined;
  let read: Texts = [];
  const isMore = (texts: Texts) =>
    texts.every((ids, row) => {
      const before = read[row]!;
      return ids.length > before.length && before.every((id, i) => ids[i] === id);
    });
  return {
    async next(texts: Texts): Promise<Float32Array[]> {
      if (!cache || !isMore(texts)) {
        cache?.dispose();
        cache = new KvCache(texts.length, model.config.maxPositionEmbeddings);
        read = texts.map(() => []);
      }
      const from = read[0]!.length;
      const fresh = texts.map((ids) => ids.slice(from));
      const logits = nextLogits(model, fresh, cache);
      read = texts.map((ids) => ids.slice());
      const values = (await logits.data()) as Float32Array;
      logits.dispose();
      const width = values.length / texts.length;
      return texts.map((_, row) => values.slice(row * width, (row + 1) * width));
    },
    dispose: () => cache?.dispose(),
  };
}

/**
 * A model as a function from ids to the next token's logits, of one text or of several at once. Called with what it has read
 * and more, it reads only what is new; called with anything else, it starts over.
 * @param onCall called before each step with the number of texts
 */
export function cachedModel(
  model: CausalLM,
  onCall: (texts: number) => void = () => {},
): CachedModel {
  let readers = new Map<string, ReturnType<typeof lockstep>>();
  const batch = async (texts: Texts): Promise<Float32Array[]> => {
    onCall(texts.length);
    const groups = new Map<number, number[]>();
    texts.forEach(({ length }, row) => {
      groups.set(length, [...(groups.get(length) ?? []), row]);
    });
    const found: Float32Array[] = [];
    const kept = new Map<string, ReturnType<typeof lockstep>>();
    for (const rows of groups.values()) {
      const name = rows.join();
      const reader = readers.get(name) ?? lockstep(model);
      kept.set(name, reader);
      const logits = await reader.next(rows.map((row) => texts[row]!));
      for (const [i, row] of rows.entries()) found[row] = logits[i]!;
    }
    for (const [name, reader] of readers) if (!kept.has(name)) reader.dispose();
    readers = kept;
    return found;
  };
  return {
    next: Object.assign(async (ids: readonly number[]) => (await batch([ids]))[0]!, { batch }),
    dispose: () => {
      for (const reader of readers.values()) reader.dispose();
    },
  };
}

/** Answers of a proxy that are kept: reading a text asks what writing it has asked. */
const KEPT_ANSWERS = 8192;

/**
 * The writing model as the proxy of Balance-Marking ("same model"): it sees the last generated tokens and no prompt.
 * Synchronous where the backend is.
 */
export function sameModelProxy(model: CausalLM, tokenizer: Tokenizer | undefined): ProxyLM {
  const { vocabSize, bosTokenId, eosTokenId } = model.config;
  const first = tokenizer?.bosTokenId ?? [bosTokenId, eosTokenId].flat()[0] ?? 0;
  const proxy = proxyFromLogits("same-model", vocabSize, (context) => {
    const logits = nextLogits(model, [context.length > 0 ? context : [first]]);
    try {
      return logits.dataSync() as Float32Array;
    } finally {
      logits.dispose();
    }
  });
  const answers = new Map<string, ReturnType<ProxyLM["next"]>>();
  return {
    ...proxy,
    next(context) {
      const name = context.join();
      const answer = answers.get(name) ?? proxy.next(context);
      if (answers.size >= KEPT_ANSWERS) answers.delete(answers.keys().next().value!);
      answers.set(name, answer);
      return answer;
    },
  };
}
