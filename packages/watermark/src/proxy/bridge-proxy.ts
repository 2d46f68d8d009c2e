import { having, optionsOf, refuseUnknown, WatermarkError } from "../errors";
import type { ProxyLM } from "./proxy-lm";

/** How two vocabularies are joined. */
export interface BridgeOptions {
  /** Width of the generating model's logits. */
  vocabSize: number;
  /** Text of tokens of the generating model. */
  decode(ids: readonly number[]): string;
  /** Tokens of the proxy's tokenizer for a text, without special tokens. */
  proxyEncode(text: string): ArrayLike<number>;
}

/** Share of each token that is spread evenly, so that none is impossible. */
const FLOOR = 1e-6;

/** For each token of the generating model, the proxy's first token of its text; −1 where it has no text. */
function firstTokens({ vocabSize, decode, proxyEncode }: BridgeOptions, proxySize: number) {
  const first = new Int32Array(vocabSize).fill(-1);
  for (let token = 0; token < vocabSize; token++) {
    const text = decode([token]);
    const own = text === "" ? undefined : proxyEncode(text)[0];
    if (own === undefined) continue;
    if (!(Number.isInteger(own) && own >= 0 && own < proxySize))
      throw new WatermarkError(
        "ERR_PROXY",
        `bridgeProxy: proxyEncode gave token ${own} for ${JSON.stringify(text)}, the proxy has ${proxySize}`,
        { fields: { token, got: own, needed: proxySize } },
      );
    first[token] = own;
  }
  return first;
}

/**
 * Adapts a proxy that has another tokenizer than the generating model. The context is written as text and read with the
 * proxy's tokenizer; each token of the model then shares the probability of the proxy's first token of its text with the
 * other tokens that begin so. Both sides must use the same two tokenizers.
 *
 * @param proxy a model over the other vocabulary
 * @returns a proxy over the generating model's vocabulary
 * @throws {WatermarkError} `ERR_PROXY` when the tokenizer gives a token that the proxy does not have
 * @see Wang et al. 2024 (2307.15992), whose proxy GPT-2 reads texts of other models
 */
export function bridgeProxy(proxy: ProxyLM, options: BridgeOptions): ProxyLM {
  const { vocabSize, decode, proxyEncode, ...rest } = optionsOf("bridgeProxy", options);
  refuseUnknown("bridgeProxy", rest);
  having("bridgeProxy", "proxy", proxy, "id", "vocabSize", "next");
  const first = firstTokens(options, proxy.vocabSize);
  const sharing = new Int32Array(proxy.vocabSize);
  for (const own of first) if (own >= 0) sharing[own]!++;
  const spread = (theirs: Float32Array): Float32Array => {
    const ours = new Float32Array(vocabSize);
    let sum = 0;
    for (let token = 0; token < vocabSize; token++) {
      const own = first[token]!;
      ours[token] = own < 0 ? 0 : theirs[own]! / sharing[own]!;
      sum += ours[token]!;
    }
    for (let token = 0; token < vocabSize; token++)
      ours[token] = ((1 - FLOOR) * ours[token]!) / (sum || 1) + FLOOR / vocabSize;
    return ours;
  };
  return {
    id: `${proxy.id} by text`,
    vocabSize,
    next(context) {
      const read = context.length === 0 ? [] : Array.from(proxyEncode(decode(context)));
      const theirs = proxy.next(read);
      return theirs instanceof Promise ? theirs.then(spread) : spread(theirs);
    },
  };
}
