import { fail, LmError, optionsOf, refuseUnknown, whole } from "../errors";
import { createProcessors } from "../generation/create-processors";
import { createRandom } from "../generation/random";
import type { Sampler } from "../generation/sample-token";
import { multinomial } from "../generation/sampling";
import type { BatchLimits } from "../inference/admission";
import { type BatchRequest, endTokens } from "../inference/sequence";
import type { CausalLM } from "../model/causal-lm";
import type { BatcherRequest } from "./batcher";

/** A request, split into what the batch and what the batcher handles. */
export interface SplitRequest {
  batch: BatchRequest & { samples: number; maxNewTokens: number };
  scorePrompt: boolean;
  signal: AbortSignal | undefined;
}

/** Draws the tokens of each continuation from its own random numbers. */
function drawing(seed: number, samples: number): Sampler {
  const randoms = Array.from({ length: samples }, (_, sample) => createRandom([seed, sample]).next);
  return (logits, sample) => multinomial(logits, randoms[sample]!);
}

/** New tokens up to the end of the context, or of the cache if that is smaller; at least one. */
function mostNewTokens(
  { length }: readonly number[],
  samples: number,
  model: CausalLM,
  { mostPages, pageTokens }: BatchLimits,
): number {
  const shared = Math.floor(length / pageTokens);
  const own = Math.floor(Math.max(0, mostPages - shared) / samples);
  const cache = (shared + own) * pageTokens - length + 1;
  return Math.max(1, Math.min(model.config.maxPositionEmbeddings - length, cache));
}

/** @throws {LmError} `ERR_ARGUMENT` for a prompt that is no list and a schema as data, `ERR_RANGE` for tokens that do not exist */
function checkFields(
  { prompt, jsonSchema, toolRules, logitBias }: BatcherRequest,
  { config: { vocabSize } }: CausalLM,
): void {
  if (!Array.isArray(prompt))
    fail("ERR_ARGUMENT", "createBatcher: prompt must be a list of token ids");
  if (jsonSchema !== undefined)
    fail("ERR_ARGUMENT", "createBatcher: jsonSchema needs schemaBatcher, or give constraint");
  if (toolRules !== undefined)
    fail("ERR_ARGUMENT", "createBatcher: toolRules need toolBatcher, or give constraint");
  const outside = Object.keys(logitBias ?? {}).find((id) => !(Number(id) < vocabSize));
  if (outside !== undefined)
    throw new LmError(
      "ERR_RANGE",
      `lm/createBatcher: logitBias must name tokens of a vocabulary of ${vocabSize}, got ${outside}`,
      { fields: { id: outside, vocabSize } },
    );
}

/**
 * A batcher's request as a request of a batch.
 * @throws {LmError} `ERR_RANGE` for values out of range, `ERR_ARGUMENT` for fields that do not exist
 */
export function batchRequest(
  request: BatcherRequest,
  model: CausalLM,
  limits: BatchLimits,
): SplitRequest {
  const {
    prompt,
    maxNewTokens: most,
    samples = 1,
    temperature = 0,
    seed = 0,
    eosTokenId = model.config.eosTokenId,
    stopIds = [],
    logProbabilities,
    scorePrompt = false,
    prefixKey,
    constraint,
    jsonSchema,
    toolRules,
    logitsProcessors = [],
    sampler,
    stoppingCriteria,
    signal,
    repetitionPenalty,
    frequencyPenalty,
    presencePenalty,
    logitBias,
    noRepeatNgramSize,
    badWordsIds,
    minLength,
    minNewTokens,
    forcedBosTokenId,
    forcedEosTokenId,
    maxLength,
    suppressTokens,
    beginSuppressTokens,
    topK,
    topP,
    minP,
    typicalP,
    ...rest
  } = optionsOf("createBatcher", request);
  refuseUnknown("createBatcher", rest);
  whole("createBatcher", "samples", samples, { min: 1 });
  checkFields({ prompt, maxNewTokens: most, jsonSchema, toolRules, logitBias }, model);
  const maxNewTokens =
    most === Number.POSITIVE_INFINITY ? mostNewTokens(prompt, samples, model, limits) : most;
  const ends = [...endTokens(eosTokenId), ...stopIds];
  const doSample = temperature !== 0;
  const text = { promptLength: prompt.length, maxNewTokens, eosTokenIds: ends };
  const form = constraint && maxNewTokens > 0 ? [constraint(text)] : [];
  const processors = createProcessors(
    {
      repetitionPenalty,
      frequencyPenalty,
      presencePenalty,
      logitBias,
      noRepeatNgramSize,
      badWordsIds,
      minLength,
      minNewTokens,
      forcedBosTokenId,
      forcedEosTokenId,
      maxLength,
      suppressTokens,
      beginSuppressTokens,
      logitsProcessors: [...form, ...logitsProcessors],
      doSample,
      temperature: doSample ? temperature : undefined,
      topK,
      topP,
      minP,
      typicalP,
    },
    text,
  );
  const batch = {
    prompt,
    samples,
    maxNewTokens,
    logitsProcessors: processors,
    sampler: sampler ?? (doSample ? drawing(seed, samples) : undefined),
    eosTokenId: ends,
    stoppingCriteria,
    logProbabilities,
    prefixKey,
  };
  return { batch, scorePrompt, signal };
}
