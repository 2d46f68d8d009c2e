import { longestShort, type ModelConfig } from "../config";
import { LmError } from "../errors";
import type { AsyncLogitsProcessor, Sampler, TokenScore } from "../generation/sample-token";
import {
  type StoppingCriterion,
  type StopReason,
  stopAtStrings,
  stopAtTokens,
} from "../generation/stopping";
import type { CausalLM } from "../model/causal-lm";
import type { PagePool } from "./page-pool";

/** Stop texts: texts that end a continuation. */
export interface StopStrings {
  /** None may be empty. */
  strings: readonly string[];
  /** Turns ids into text, such as `tokenizer.decode`. */
  decode: (ids: number[]) => string;
}

/** One prompt to continue. */
export interface BatchRequest {
  /** Token ids, at least one. */
  prompt: ArrayLike<number>;
  /** Number of continuations, which share the prompt's keys and values. Default 1. */
  samples?: number | undefined;
  /** Default 20, as in Hugging Face. */
  maxNewTokens?: number | undefined;
  /** Applied to each row of logits in order before sampling. */
  logitsProcessors?: readonly AsyncLogitsProcessor[] | undefined;
  /** Default: the largest logit. */
  sampler?: Sampler | undefined;
  /** End-of-text token. Default: from the configuration; null for none. */
  eosTokenId?: number | readonly number[] | null | undefined;
  /** A continuation ends when its text contains one of these. */
  stopStrings?: StopStrings | undefined;
  /** Additional stopping criteria. */
  stoppingCriteria?: readonly StoppingCriterion[] | undefined;
  /**
   * Returns each token's log-probability under the model, and those of this many most likely tokens. Default: not
   * returned.
   */
  logProbabilities?: number | undefined;
  /**
   * Receives log-probabilities of the prompt's tokens, with as many alternatives as `logProbabilities` says; null for the
   * first one. Called before the first new token; also if `maxNewTokens` is 0. Default: they are not computed.
   */
  onPrompt?: ((scores: readonly (TokenScore | null)[]) => void) | undefined;
  /**
   * Receives what the request's processors, sampler or stopping criteria throw; the request is then cancelled and the others
   * continue. Default: the step throws.
   */
  onError?: ((error: unknown) => void) | undefined;
  /** Pages of the cache of prefixes are shared between requests of the same key only. Default: "". */
  prefixKey?: string | undefined;
}

/** A validated request, with its number. */
export interface CheckedRequest {
  number: number;
  prompt: readonly number[];
  samples: number;
  maxNewTokens: number;
  processors: readonly AsyncLogitsProcessor[];
  sampler: Sampler | undefined;
  stops: readonly StoppingCriterion[];
  logProbabilities: number | undefined;
  onPrompt: BatchRequest["onPrompt"];
  onError: BatchRequest["onError"];
  prefixKey: string;
  /** Its continuations that have not been cancelled. */
  wanted: Set<number>;
}

/** One running continuation. */
export interface Sequence {
  request: CheckedRequest;
  sample: number;
  /** Prompt and new tokens. */
  all: number[];
  /** Its pages in order. */
  pages: number[];
  /** Tokens whose keys and values are stored. */
  stored: number;
  stopped: StopReason | undefined;
  /** Log-probabilities of the tokens read, if the prompt is scored. */
  scores: (TokenScore | null)[];
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new LmError(
      "ERR_RANGE",
      `lm/generateBatch: ${name} must be a whole number of at least ${least}, got ${value}`,
      { fields: { [name]: value } },
    );
}

/** The end tokens that `eosTokenId` gives: one, several, or none. */
export const endTokens = (eos: number | readonly number[] | null): readonly number[] =>
  eos === null ? [] : [eos].flat();

/** @throws {LmError} `ERR_SHAPE` for an empty prompt, `ERR_RANGE` for options or ids out of range or beyond the context */
export function checkRequest(
  request: BatchRequest,
  number: number,
  model: CausalLM,
): CheckedRequest {
  const { samples = 1, maxNewTokens = 20, eosTokenId = model.config.eosTokenId } = request;
  const { logProbabilities, stopStrings } = request;
  const { maxPositionEmbeddings, vocabSize } = model.config;
  const prompt = Array.from(request.prompt);
  if (prompt.length === 0)
    throw new LmError("ERR_SHAPE", "lm/generateBatch: a prompt of at least one token is needed");
  checkCount("samples", samples, 1);
  checkCount("maxNewTokens", maxNewTokens, 0);
  if (logProbabilities !== undefined) checkCount("logProbabilities", logProbabilities, 0);
  const outside = prompt.find((id) => !Number.isSafeInteger(id) || id < 0 || id >= vocabSize);
  if (outside !== undefined)
    throw new LmError(
      "ERR_RANGE",
      `lm/generateBatch: ${outside} is not a token of a vocabulary of ${vocabSize}`,
      { fields: { id: outside, vocabSize } },
    );
  if (prompt.length + maxNewTokens > maxPositionEmbeddings)
    throw new LmError(
      "ERR_RANGE",
      `lm/generateBatch: ${prompt.length} + ${maxNewTokens} tokens exceed the model's ${maxPositionEmbeddings} positions`,
      { fields: { length: prompt.length, maxNewTokens, maxPositionEmbeddings } },
    );
  const stops = [
    stopAtTokens(endTokens(eosTokenId)),
    ...(stopStrings ? [stopAtStrings(stopStrings.strings, stopStrings.decode, prompt.length)] : []),
    ...(request.stoppingCriteria ?? []),
  ];
  const { sampler, logitsProcessors: processors = [], onPrompt, onError, prefixKey = "" } = request;
  return {
    number,
    prompt,
    samples,
    maxNewTokens,
    processors,
    sampler,
    stops,
    logProbabilities,
    onPrompt,
    onError,
    prefixKey,
    wanted: new Set(Array.from({ length: samples }, (_, sample) => sample)),
  };
}

/**
 * Maximum number of pages that a request may need. Full pages of the prompt are shared; each sample has its own copy of
 * the others. Samples that grow past LongRoPE's trained length are read again, each with pages of its own.
 */
export function pagesFor(
  { prompt, samples, maxNewTokens }: Pick<CheckedRequest, "prompt" | "samples" | "maxNewTokens">,
  pageTokens: number,
  config: ModelConfig,
): number {
  const longest = prompt.length + Math.max(0, maxNewTokens - 1);
  const limit = longestShort(config);
  const isReadAgain = prompt.length <= limit && longest > limit;
  const whole = isReadAgain ? 0 : Math.floor(prompt.length / pageTokens);
  const all = Math.ceil(longest / pageTokens);
  return whole + samples * (all - whole);
}

/** Makes sure that positions stored … stored + count − 1 are in pages that only this sequence uses. */
export function makeRoom(
  sequence: Pick<Sequence, "pages" | "stored">,
  count: number,
  pool: PagePool,
): void {
  const { pages, stored } = sequence;
  const last = Math.floor((stored + count - 1) / pool.pageTokens);
  for (let at = Math.floor(stored / pool.pageTokens); at <= last; at++)
    pages[at] = at < pages.length ? pool.own(pages[at]!) : pool.take();
}

/** A sequence of which nothing is read. */
export const newSequence = (request: CheckedRequest): Sequence => ({
  request,
  sample: 0,
  all: [...request.prompt],
  pages: [],
  stored: 0,
  stopped: undefined,
  scores: request.onPrompt ? [null] : [],
});

/**
 * The group of sequences that can share pages: those of one key, with the same rotation.
 * @param length tokens that the keys are rotated for
 * @returns null if the rotation is another one for each length
 */
export function prefixGroup(
  { prefixKey }: CheckedRequest,
  length: number,
  config: ModelConfig,
): string | null {
  const scaling = config.modelType === "gpt2" ? null : config.ropeScaling;
  if (scaling?.type === "dynamic") return null;
  return `${length > longestShort(config) ? "long" : "short"} ${prefixKey}`;
}

/** Another continuation of the same tokens, which shares the pages. */
export function fork(sequence: Sequence, sample: number, pool: PagePool): Sequence {
  for (const page of sequence.pages) pool.share(page);
  return { ...sequence, sample, all: [...sequence.all], pages: [...sequence.pages] };
}
