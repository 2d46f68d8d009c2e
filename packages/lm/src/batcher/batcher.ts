import type { Constraint } from "../generation/constraint";
import type { ProcessorOptions } from "../generation/create-processors";
import type { AsyncLogitsProcessor, Sampler, TokenScore } from "../generation/sample-token";
import type { StoppingCriterion, StopReason } from "../generation/stopping";

/** A prompt that a batcher continues. Fields that hold functions are for batchers of this thread only. */
export interface BatcherRequest extends Omit<ProcessorOptions, "logitsProcessors" | "doSample"> {
  /** Token ids, at least one. */
  prompt: readonly number[];
  /** At most so many new tokens; Infinity: to the end of the context or of the cache. */
  maxNewTokens: number;
  /** Number of continuations, which share the prompt's keys and values. Default 1. */
  samples?: number | undefined;
  /** Divides the logits before a token is drawn. Default 0: the most likely token is taken. */
  temperature?: number | undefined;
  /** Of the continuations' random numbers: a safe integer. Each continuation has its own. Default 0. */
  seed?: number | undefined;
  /** End-of-text token. Default: from the model's configuration; null for none. */
  eosTokenId?: number | readonly number[] | null | undefined;
  /** Further tokens that end a continuation. Default none. */
  stopIds?: readonly number[] | undefined;
  /** Reports each token's log-probability under the model, and those of this many most likely tokens. Default: none. */
  logProbabilities?: number | undefined;
  /** Reports log-probabilities of the prompt's tokens as well; works with `maxNewTokens` 0. Default false. */
  scorePrompt?: boolean | undefined;
  /** Pages of the prefix cache are shared between requests of the same key only. Default "". */
  prefixKey?: string | undefined;
  /** Keeps each continuation to a form, such as `jsonSchema` of `@deepgrain/lm/json-schema`. */
  constraint?: Constraint | undefined;
  /**
   * A JSON schema that each continuation follows: what `connectBatcher` sends in a constraint's place. A batcher in
   * `schemaBatcher` of `@deepgrain/lm/json-schema` makes it a constraint again; others refuse it.
   */
  jsonSchema?: unknown;
  /** The calls that each continuation may have, likewise: for a batcher in `toolBatcher` of `@deepgrain/lm/tools`. */
  toolRules?: unknown;
  /** Applied after the penalties and the constraint, and before temperature and the like. */
  logitsProcessors?: readonly AsyncLogitsProcessor[] | undefined;
  /** Replaces drawing by `temperature` and `seed`. */
  sampler?: Sampler | undefined;
  /** Additional stopping criteria. */
  stoppingCriteria?: readonly StoppingCriterion[] | undefined;
  /** Ends the stream; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** An event of a batcher's stream: the scored prompt first if asked for; one end per continuation. */
export type BatcherEvent =
  | BatcherTokenEvent
  | { type: "prompt"; scores: readonly (TokenScore | null)[] }
  | { type: "end"; sample: number; reason: StopReason };

/** One new token. */
export interface BatcherTokenEvent {
  type: "token";
  /** Which of the request's continuations, from 0. */
  sample: number;
  id: number;
  /** Why the continuation ends with this token; undefined if it continues. */
  stopped: StopReason | undefined;
  /** Present if `logProbabilities` was requested. */
  score?: TokenScore | undefined;
}

/**
 * The events of a request. Whoever stops reading (`return()`, or `break` in a loop) cancels it: its rows are gone before
 * the next step.
 */
export interface BatcherStream extends AsyncIterableIterator<BatcherEvent> {
  /** Ends one continuation before the next step; nothing more of it is yielded. The others go on. */
  stop(sample: number): void;
  return(): Promise<IteratorResult<BatcherEvent>>;
}

/** Numbers of a batcher: its current work, and totals since it was created. */
export interface BatcherNumbers {
  /** Continuations that run, or whose prompt is being read. */
  running: number;
  /** Continuations that wait. */
  waiting: number;
  /** Requests that were accepted. */
  requests: number;
  /** Requests that were refused as the queue was full. */
  refused: number;
  /** Passes over the model. */
  steps: number;
  /** Tokens of prompts that were read. */
  promptTokens: number;
  /** Tokens of prompts that were found in the prefix cache instead. */
  cachedTokens: number;
  newTokens: number;
  /** Pages of keys and values that are in use. */
  usedPages: number;
  /** Of these, pages that are kept for later requests. */
  keptPages: number;
  mostPages: number;
  /** Tokens per page. */
  pageTokens: number;
}

/** Continues the prompts of many callers in one batch. */
export interface Batcher {
  /**
   * The tokens that follow a prompt. The request is queued by the call; tokens are kept until they are read, so that a slow
   * reader holds nobody.
   * @throws {LmError} from the stream's first `next()`: `ERR_BUSY` when the queue is full; `ERR_SHAPE` for an empty
   *   prompt; `ERR_RANGE` for values out of range, for a prompt beyond the context and for a request that never fits the
   *   cache; `ERR_ARGUMENT` for options that do not exist; `ERR_STATE` when the batcher is closed, or its thread has
   *   ended
   */
  generate(request: BatcherRequest): BatcherStream;
  numbers(): Promise<BatcherNumbers>;
  /** Takes no new requests; streams that have not ended throw `ERR_STATE`. Resolves when all memory is freed. */
  close(): Promise<void>;
}
