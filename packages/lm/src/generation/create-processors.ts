import type { OptionNames } from "@deepgrain/support";
import { knownOptions } from "../known-options";
import { badWords } from "./bad-words";
import { forcedBos, forcedEos } from "./forced-tokens";
import type { LogitsProcessor } from "./logits-processor";
import { minP } from "./min-p";
import { noRepeatNgram } from "./no-repeat-ngram";
import { repetitionPenalty } from "./repetition-penalty";
import { beginSuppressTokens, minLength, minNewTokens, suppressTokens } from "./suppress-tokens";
import { temperature } from "./temperature";
import { topK } from "./top-k";
import { topP } from "./top-p";
import { typicalP } from "./typical-p";

/** How to choose tokens; names and meanings of Hugging Face's generation configuration. Absent: not applied. */
export interface ProcessorOptions {
  /** Divides the scores of tokens that occurred before (multiplies negative ones); 1.1 to 1.3 prevents loops. */
  repetitionPenalty?: number;
  /** Forbids repeating any n-gram of this size. Default 0: allowed. */
  noRepeatNgramSize?: number;
  /** Token sequences that must not appear. */
  badWordsIds?: readonly (readonly number[])[];
  /** Minimum length of prompt and continuation together. */
  minLength?: number;
  /** No end token before this many new tokens. */
  minNewTokens?: number;
  /** The first token of the continuation. */
  forcedBosTokenId?: number;
  /** Forced at `maxLength`. */
  forcedEosTokenId?: number | readonly number[];
  /** Length of prompt and continuation together; used by `forcedEosTokenId` only. */
  maxLength?: number;
  /** Tokens that must not appear. */
  suppressTokens?: readonly number[];
  /** Tokens that must not begin the continuation. */
  beginSuppressTokens?: readonly number[];
  /** Your own processors: applied after the rules above, before the shape of the distribution below. */
  logitsProcessors?: readonly LogitsProcessor[];
  /**
   * Whether tokens are sampled; if not, the five options below have no effect and no processors are created for them.
   * Default false.
   */
  doSample?: boolean;
  /** Divides the logits: below 1 makes the text more predictable, above 1 more varied. */
  temperature?: number;
  /** Keeps the k most likely tokens; 0 keeps all. */
  topK?: number;
  /** Keeps the most likely tokens whose probabilities sum to p. */
  topP?: number;
  /** Keeps tokens with at least this fraction of the most likely token's probability. */
  minP?: number;
  /** Keeps tokens whose surprise is close to the mean, up to this probability. */
  typicalP?: number;
}

const processorOptionNames: OptionNames<ProcessorOptions> = {
  repetitionPenalty: true,
  noRepeatNgramSize: true,
  badWordsIds: true,
  minLength: true,
  minNewTokens: true,
  forcedBosTokenId: true,
  forcedEosTokenId: true,
  maxLength: true,
  suppressTokens: true,
  beginSuppressTokens: true,
  logitsProcessors: true,
  doSample: true,
  temperature: true,
  topK: true,
  topP: true,
  minP: true,
  typicalP: true,
};

/** The generation that the options refer to. */
export interface ProcessorContext {
  /** Tokens of the prompt. */
  promptLength: number;
  /** Tokens that end a text. Default none. */
  eosTokenIds?: readonly number[];
}

function rules(options: ProcessorOptions, { promptLength, eosTokenIds = [] }: ProcessorContext) {
  const list: LogitsProcessor[] = [];
  const { repetitionPenalty: penalty, noRepeatNgramSize, badWordsIds, maxLength } = options;
  if (penalty !== undefined && penalty !== 1) list.push(repetitionPenalty(penalty));
  if (noRepeatNgramSize) list.push(noRepeatNgram(noRepeatNgramSize));
  if (badWordsIds) list.push(badWords(badWordsIds));
  if (options.minLength && eosTokenIds.length > 0)
    list.push(minLength(options.minLength, eosTokenIds));
  if (options.minNewTokens && eosTokenIds.length > 0)
    list.push(minNewTokens(options.minNewTokens, promptLength, eosTokenIds));
  if (options.forcedBosTokenId !== undefined) list.push(forcedBos(options.forcedBosTokenId));
  if (options.forcedEosTokenId !== undefined && maxLength !== undefined)
    list.push(forcedEos(maxLength, [options.forcedEosTokenId].flat()));
  if (options.suppressTokens) list.push(suppressTokens(options.suppressTokens));
  if (options.beginSuppressTokens)
    list.push(beginSuppressTokens(options.beginSuppressTokens, promptLength));
  return list;
}

function warpers(options: ProcessorOptions): LogitsProcessor[] {
  const list: LogitsProcessor[] = [];
  if (options.temperature !== undefined && options.temperature !== 1)
    list.push(temperature(options.temperature));
  if (options.topK) list.push(topK(options.topK));
  if (options.topP !== undefined && options.topP < 1) list.push(topP(options.topP));
  if (options.minP !== undefined) list.push(minP(options.minP));
  if (options.typicalP !== undefined && options.typicalP < 1) list.push(typicalP(options.typicalP));
  return list;
}

/**
 * Returns the processors that the options ask for, in the order in which the Python library applies them. Values
 * that change nothing (a penalty or temperature of 1, `topK` 0, `topP` 1, …) create no processor.
 *
 * @throws {LmError} `ERR_RANGE` when an option is outside its range
 */
export function createProcessors(
  options: ProcessorOptions,
  context: ProcessorContext,
): LogitsProcessor[] {
  knownOptions("createProcessors", options, processorOptionNames);
  return [
    ...rules(options, context),
    ...(options.logitsProcessors ?? []),
    ...(options.doSample ? warpers(options) : []),
  ];
}
