/** @file A language model without tensors, and sampling from it. */
import type { NgramModel } from "../../src/proxy/ngram";

/** A small, fast generator of numbers in [0, 1). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A 128-bit key from a generator. */
export const randomKey = (random: () => number): Uint8Array =>
  Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));

/** Random payload bits. */
export const randomBits = (count: number, random: () => number): Uint8Array =>
  Uint8Array.from({ length: count }, () => (random() < 0.5 ? 0 : 1));

/** Gives next-token logits for a context. */
export type LogitsOf = (ids: readonly number[]) => Float32Array;

/**
 * An order-1 Markov model over `size` tokens whose rows have entropies from near 0 to near uniform,
 * about 2.25 nats on average at 256 tokens.
 */
export function markovModel(size: number, seed: number, sharpness = 2.2): LogitsOf {
  const random = makeRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = Array.from({ length: size }, () => {
    const scale = sharpness * (0.4 + 1.6 * random());
    return Float32Array.from({ length: size }, () => scale * normal());
  });
  return (ids) => rows[ids.at(-1) ?? 0]!.slice();
}

/** Draws from softmax(logits). */
export function sample(logits: Float32Array, random: () => number): number {
  const peak = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = Float64Array.from(logits, (x) => Math.exp(x - peak));
  let rest = random() * weights.reduce((a, b) => a + b, 0);
  for (let v = 0; v < weights.length; v++) {
    rest -= weights[v]!;
    if (rest < 0) return v;
  }
  return weights.length - 1;
}

/** Continues `prompt` by `count` tokens; returns the continuation alone. */
export function write(
  logitsOf: LogitsOf,
  prompt: readonly number[],
  count: number,
  random: () => number,
  processor?: (ids: number[], logits: Float32Array) => Float32Array,
): number[] {
  const ids = [...prompt];
  for (let i = 0; i < count; i++) {
    const logits = logitsOf(ids);
    ids.push(sample(processor ? processor(ids, logits) : logits, random));
  }
  return ids.slice(prompt.length);
}

/** exp of the mean negative log-likelihood of `ids` under the model. */
export function perplexity(logitsOf: LogitsOf, prompt: readonly number[], ids: readonly number[]) {
  const context = [...prompt];
  let nll = 0;
  for (const id of ids) {
    const logits = logitsOf(context);
    const peak = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = logits.reduce((a, b) => a + Math.exp(b - peak), 0);
    nll -= logits[id]! - peak - Math.log(sum);
    context.push(id);
  }
  return Math.exp(nll / ids.length);
}

/** Words and punctuation marks as ids, the commonest first; 0 stands for rarer ones. */
export function wordIds(text: string, size: number): { ids: number[]; words: string[] } {
  const tokens = text.toLowerCase().match(/[a-z]+|[^a-z\s]/g) ?? [];
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const words = [...counts.entries()]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, size - 1)
    .map(([word]) => word);
  const index = new Map(words.map((word, i) => [word, i + 1]));
  return { ids: tokens.map((token) => index.get(token) ?? 0), words: ["<rare>", ...words] };
}

/** An n-gram model as logits. */
export function ngramLogits(model: NgramModel): LogitsOf {
  return (ids) => model.next(ids).map((p) => Math.log(p));
}
