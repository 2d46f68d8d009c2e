import { takeTurn } from "@deepgrain/support";
import { having, listOf, optionsOf, refuseUnknown } from "../errors";
import type { TokenScore } from "../generation/sample-token";
import type { StopReason } from "../generation/stopping";
import type { CausalLM } from "../model/causal-lm";
import type { BatchTokenEvent } from "./batch-events";
import type { BatchOptions } from "./batch-options";
import { GenerationBatch } from "./generation-batch";
import type { BatchRequest } from "./sequence";

/** Options of {@link generateBatch}. */
export interface GenerateBatchOptions extends BatchOptions {
  /** Aborts between steps; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

const NAMES: readonly (keyof GenerateBatchOptions)[] = [
  "signal",
  "maxSequences",
  "cacheTokens",
  "promptTokensPerStep",
  "pageTokens",
  "prefixCache",
];

/** One continuation of one prompt. */
export interface Continuation {
  /** Index of its prompt. */
  request: number;
  /** Which of the prompt's continuations, from 0. */
  sample: number;
  /** The new tokens, end token included. */
  ids: number[];
  /** Why generation stopped. */
  stopped: StopReason;
  /** Log-probabilities of the tokens, if the request asked for them. */
  scores: TokenScore[];
}

const emptyContinuations = (requests: readonly BatchRequest[]): Continuation[][] =>
  requests.map(({ samples = 1 }, request) =>
    Array.from({ length: samples }, (_, sample) => ({
      request,
      sample,
      ids: [],
      stopped: "length" as const,
      scores: [],
    })),
  );

/**
 * Continues prompts of different lengths in one batch, as rollouts and servers need it. If requests arrive one by one,
 * use a batcher (`createBatcher`).
 *
 * @param requests prompts with their settings; at most `maxSequences` continuations run at once, others follow in order
 * @yields each new token, in the order of requests within a step
 * @returns the continuations of each request, in order
 * @throws {LmError} `ERR_SHAPE` for an empty prompt, `ERR_RANGE` for ids, options and lengths out of range
 */
export async function* generateBatch(
  model: CausalLM,
  requests: readonly BatchRequest[],
  given: GenerateBatchOptions = {},
): AsyncGenerator<BatchTokenEvent, Continuation[][]> {
  const {
    signal,
    maxSequences,
    cacheTokens,
    promptTokensPerStep,
    pageTokens,
    prefixCache,
    ...rest
  } = optionsOf("generateBatch", given);
  refuseUnknown("generateBatch", rest, NAMES);
  having("generateBatch", "model", model, "config", "forward");
  listOf("generateBatch", "requests", requests);
  const samples = Math.max(...requests.map((request) => request.samples ?? 1), 1);
  const batch = new GenerationBatch(model, {
    maxSequences: maxSequences ?? Math.max(16, samples),
    cacheTokens,
    promptTokensPerStep,
    pageTokens,
    prefixCache,
  });
  try {
    for (const request of requests) batch.add(request);
    const results = emptyContinuations(requests);
    while (!batch.isIdle) {
      await takeTurn();
      signal?.throwIfAborted();
      for (const event of await batch.step()) {
        const result = results[event.request]![event.sample]!;
        result.ids.push(event.id);
        if (event.score) result.scores.push(event.score);
        if (event.stopped) result.stopped = event.stopped;
        yield event;
      }
    }
    return results;
  } finally {
    batch.dispose();
  }
}
