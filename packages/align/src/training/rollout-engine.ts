import { type CausalLM, createRandom, generateBatch, multinomial } from "@deepgrain/lm";
import { optionsOf, refuseUnknown } from "../errors";

/** The settings of a request to an engine, in addition to the prompts. */
export interface RolloutRequest {
  /** Longest continuation in tokens. */
  maxNewTokens: number;
  /** Above 0. */
  temperature: number;
  /** Tokens that end a continuation and are included in it; empty for continuations of full length. */
  eosTokenIds: readonly number[];
  /** Parts of the seed: the same seed, weights and prompts give the same continuations. */
  seed: readonly number[];
  signal?: AbortSignal | undefined;
}

/**
 * Continues prompts of any lengths, one continuation each, in order. This is all that rollouts need from an inference
 * engine. A prompt with several continuations occurs several times in the list, in adjacent entries.
 */
export type RolloutEngine = (
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  request: RolloutRequest,
) => Promise<readonly (readonly number[])[]>;

/** Merges adjacent repetitions of a prompt into one request each. */
function requestsOf(prompts: readonly (readonly number[])[]) {
  const requests: { prompt: readonly number[]; samples: number }[] = [];
  for (const prompt of prompts) {
    const last = requests.at(-1);
    if (last?.prompt === prompt) last.samples++;
    else requests.push({ prompt, samples: 1 });
  }
  return requests;
}

/**
 * An engine based on `generateBatch` of `@deepgrain/lm`: prompts of all lengths advance together, and continuations
 * of one prompt share its keys and values. Every prompt has its own random stream.
 *
 * @param options.maxRows maximum number of continuations that advance together; further ones wait. Default 64
 */
export const generateEngine = (options: { maxRows?: number | undefined } = {}): RolloutEngine => {
  const { maxRows = 64, ...rest } = optionsOf("generateEngine", options);
  refuseUnknown("generateEngine", rest);
  return async (model, prompts, { maxNewTokens, temperature, eosTokenIds, seed, signal }) => {
    const requests = requestsOf(prompts).map(({ prompt, samples }, i) => {
      const random = createRandom([...seed, i]).next;
      return {
        prompt,
        samples,
        maxNewTokens,
        eosTokenId: eosTokenIds.length === 0 ? null : eosTokenIds,
        sampler: (logits: Float32Array) =>
          multinomial(
            temperature === 1 ? logits : logits.map((logit) => logit / temperature),
            random,
          ),
      };
    });
    const most = Math.max(...requests.map(({ samples }) => samples));
    const events = generateBatch(model, requests, {
      maxSequences: Math.max(maxRows, most),
      signal,
    });
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value.flat().map(({ ids }) => ids);
    }
  };
};
