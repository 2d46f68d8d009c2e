import { takeTurn } from "@deepgrain/support";
import type { Random } from "../attacks/token-attacks";
import { functionOf, having, optionsOf, real, refuseUnknown } from "../errors";
import { softmax } from "../proxy/proxy-lm";
import type { Processor } from "./processor";
import { topIndices } from "./top-indices";

/** Options of `createSampler`. */
export interface SamplerOptions {
  random: Random;
  /** Ids before the first sampled token. Default none. */
  prompt?: ArrayLike<number> | undefined;
  /** Divides the logits before the mark. Default 1; 0 selects the best token after the mark. */
  temperature?: number | undefined;
  /** Keeps the k best after the mark; 0 keeps all. Default 0. */
  topK?: number | undefined;
  /** Keeps the smallest set with this probability after the mark. Default 1. */
  topP?: number | undefined;
}

/** Samples a text token by token and stores it. */
export interface Sampler {
  /** Prompt and sampled tokens. */
  readonly ids: readonly number[];
  /** Awaits an asynchronous proxy for the next token. */
  prepare(): Promise<void>;
  /** Marks `logits` in place, samples a token, and appends it to `ids`. */
  next(logits: Float32Array): number;
  /** Starts over with another prompt. */
  reset(prompt?: ArrayLike<number>): void;
}

function cutNucleus(probabilities: Float32Array, topP: number): void {
  const order = Array.from(probabilities.keys()).sort(
    (a, b) => probabilities[b]! - probabilities[a]! || a - b,
  );
  let sum = 0;
  for (const v of order) {
    if (sum >= topP) probabilities[v] = 0;
    else sum += probabilities[v]!;
  }
}

function draw(
  logits: Float32Array,
  {
    random,
    temperature,
    topK,
    topP,
  }: { random: Random; temperature: number; topK: number; topP: number },
): number {
  if (temperature === 0) {
    let best = 0;
    for (let v = 1; v < logits.length; v++) if (logits[v]! > logits[best]!) best = v;
    return best;
  }
  if (topK > 0 && topK < logits.length) {
    const kept = new Set(topIndices(logits, topK));
    for (let v = 0; v < logits.length; v++) if (!kept.has(v)) logits[v] = Number.NEGATIVE_INFINITY;
  }
  const probabilities = softmax(logits);
  if (topP < 1) cutNucleus(probabilities, topP);
  let total = 0;
  for (let v = 0; v < probabilities.length; v++) total += probabilities[v]!;
  let rest = random() * total;
  let last = 0;
  for (let v = 0; v < probabilities.length; v++) {
    if (probabilities[v] === 0) continue;
    last = v;
    rest -= probabilities[v]!;
    if (rest < 0) break;
  }
  return last;
}

/**
 * A sampler that applies a mark at the right point: after the temperature, before top-k and top-p.
 *
 * @param processor from `createWatermark`; `undefined` samples without a mark
 * @throws {WatermarkError} `ERR_RANGE` for options out of range
 */
export function createSampler(processor: Processor | undefined, options: SamplerOptions): Sampler {
  const {
    random,
    prompt: begin = [],
    temperature = 1,
    topK = 0,
    topP = 1,
    ...rest
  } = optionsOf("createSampler", options);
  refuseUnknown("createSampler", rest);
  real("sampler", "temperature", temperature, { min: 0, max: 100 });
  real("sampler", "topP", topP, { min: Number.MIN_VALUE, max: 1 });
  let ids = Array.from(begin);
  return {
    get ids() {
      return ids;
    },
    async prepare() {
      await processor?.prepare?.(ids);
    },
    next(logits) {
      if (temperature !== 1 && temperature > 0)
        for (let v = 0; v < logits.length; v++) logits[v]! /= temperature;
      const token = draw(processor ? processor(ids, logits) : logits, {
        random,
        temperature,
        topK,
        topP,
      });
      ids.push(token);
      return token;
    },
    reset(prompt = begin) {
      ids = Array.from(prompt);
      processor?.reset();
    },
  };
}

/**
 * Continues a prompt with a language model and a sampler; a small loop for experiments.
 *
 * @param model logits of the next token, which are edited
 * @returns the continuation, shape [count]
 */
export async function continueText(
  model: (ids: readonly number[]) => Float32Array | Promise<Float32Array>,
  processor: Processor | undefined,
  count: number,
  options: SamplerOptions & { signal?: AbortSignal | undefined },
): Promise<number[]> {
  const { signal, random, prompt, temperature, topK, topP, ...rest } = optionsOf(
    "continueText",
    options,
  );
  refuseUnknown("continueText", rest);
  functionOf("continueText", "model", model);
  if (processor !== undefined) having("continueText", "processor", processor, "reset");
  processor?.reset();
  const sampler = createSampler(processor, { random, prompt, temperature, topK, topP });
  for (let i = 0; i < count; i++) {
    await takeTurn();
    signal?.throwIfAborted();
    await sampler.prepare();
    const logits = await model(sampler.ids);
    sampler.next(logits);
  }
  return sampler.ids.slice(prompt?.length ?? 0);
}
