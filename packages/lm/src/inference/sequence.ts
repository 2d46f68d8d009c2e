import { LmError } from "../errors";
import type { AsyncLogitsProcessor, Sampler } from "../generation/sample-token";
import {
  type StoppingCriterion,
  type StopReason,
  stopAtStrings,
  stopAtTokens,
} from "../generation/stopping";
import type { CausalLM } from "../model/causal-lm";
import type { PagePool } from "./page-pool";

/** Texts that end a continuation. */
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
  /** Continuations of it, which share the prompt's keys and values. Default 1. */
  samples?: number;
  /** Default 20, as in Hugging Face. */
  maxNewTokens?: number;
  /** Applied to each row of logits in order before sampling. */
  logitsProcessors?: readonly AsyncLogitsProcessor[];
  /** Default: the largest logit. */
  sampler?: Sampler;
  /** Ends a continuation. Default: the configuration's; null for none. */
  eosTokenId?: number | readonly number[] | null;
  /** Ends a continuation whose text holds one of these. */
  stopStrings?: StopStrings;
  /** Further reasons to end a continuation. */
  stoppingCriteria?: readonly StoppingCriterion[];
  /** Tells each token's log-probability under the model, and those of so many likeliest ones. Default: none is told. */
  logProbabilities?: number;
}

/** A request that was checked, with its number. */
export interface CheckedRequest {
  number: number;
  prompt: readonly number[];
  samples: number;
  maxNewTokens: number;
  processors: readonly AsyncLogitsProcessor[];
  sampler: Sampler | undefined;
  stops: readonly StoppingCriterion[];
  logProbabilities: number | undefined;
}

/** One continuation that is being made. */
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
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new LmError(
      "ERR_RANGE",
      `lm/generateBatch: ${name} must be a whole number of at least ${least}, got ${value}`,
      { fields: { [name]: value } },
    );
}

const asList = (eos: number | readonly number[] | null): readonly number[] =>
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
    stopAtTokens(asList(eosTokenId)),
    ...(stopStrings ? [stopAtStrings(stopStrings.strings, stopStrings.decode, prompt.length)] : []),
    ...(request.stoppingCriteria ?? []),
  ];
  const { sampler, logitsProcessors: processors = [] } = request;
  return { number, prompt, samples, maxNewTokens, processors, sampler, stops, logProbabilities };
}

/** Pages that a request may need at most: full ones of the prompt are shared, the others each sample's own. */
export function pagesFor(
  { prompt, samples, maxNewTokens }: CheckedRequest,
  pageTokens: number,
): number {
  const whole = Math.floor(prompt.length / pageTokens);
  const all = Math.ceil((prompt.length + Math.max(0, maxNewTokens - 1)) / pageTokens);
  return whole + samples * (all - whole);
}

/** Sees to it that places stored … stored + count − 1 lie in pages of the sequence's own. */
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

/** Another continuation from the same tokens on, on the same pages. */
export function fork(sequence: Sequence, sample: number, pool: PagePool): Sequence {
  for (const page of sequence.pages) pool.share(page);
  return { ...sequence, sample, all: [...sequence.all], pages: [...sequence.pages] };
}
