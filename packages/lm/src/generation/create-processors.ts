import { having, optionsOf, real, refuseUnknown } from "../errors";
import { badWords } from "./bad-words";
import { countPenalty } from "./count-penalty";
import { forcedBos, forcedEos } from "./forced-tokens";
import { logitBias } from "./logit-bias";
import type { LogitsProcessor } from "./logits-processor";
import { minP } from "./min-p";
import { noRepeatNgram } from "./no-repeat-ngram";
import { repetitionPenalty } from "./repetition-penalty";
import { beginSuppressTokens, minLength, minNewTokens, suppressTokens } from "./suppress-tokens";
import { temperature } from "./temperature";
import { topK } from "./top-k";
import { topP } from "./top-p";
import { typicalP } from "./typical-p";

/**
 * How to choose tokens; names and meanings of Hugging Face's generation configuration, and three of OpenAI's interface.
 * Absent: not applied.
 */
export interface ProcessorOptions {
  /** Divides the scores of tokens that occurred before (multiplies negative ones); 1.1 to 1.3 prevents loops. */
  repetitionPenalty?: number | undefined;
  /** Added to the scores of tokens, by their ids; −100 forbids one in effect. */
  logitBias?: Readonly<Record<number, number>> | undefined;
  /** Subtracted from the score of a new token for each time that it was generated; from −2 to 2 in OpenAI's interface. */
  frequencyPenalty?: number | undefined;
  /** Subtracted once from the scores of tokens that were generated before. */
  presencePenalty?: number | undefined;
  /** Forbids repeating any n-gram of this size. Default 0: allowed. */
  noRepeatNgramSize?: number | undefined;
  /** Token sequences that must not appear. */
  badWordsIds?: readonly (readonly number[])[] | undefined;
  /** Minimum length of prompt and continuation together. */
  minLength?: number | undefined;
  /** No end token before this many new tokens. */
  minNewTokens?: number | undefined;
  /** The first token of the continuation. */
  forcedBosTokenId?: number | undefined;
  /** Forced at `maxLength`. */
  forcedEosTokenId?: number | readonly number[] | undefined;
  /** Length of prompt and continuation together; used by `forcedEosTokenId` only. */
  maxLength?: number | undefined;
  /** Tokens that must not appear. */
  suppressTokens?: readonly number[] | undefined;
  /** Tokens that must not begin the continuation. */
  beginSuppressTokens?: readonly number[] | undefined;
  /** Your own processors: applied after the rules above, before the shape of the distribution below. */
  logitsProcessors?: readonly LogitsProcessor[] | undefined;
  /**
   * Whether tokens are sampled; if not, the five options below have no effect and no processors are created for them.
   * Default false.
   */
  doSample?: boolean | undefined;
  /** Divides the logits: below 1 makes the text more predictable, above 1 more varied. */
  temperature?: number | undefined;
  /** Keeps the k most likely tokens; 0 keeps all. */
  topK?: number | undefined;
  /** Keeps the most likely tokens whose probabilities sum to p. */
  topP?: number | undefined;
  /** Keeps tokens with at least this fraction of the most likely token's probability. */
  minP?: number | undefined;
  /** Keeps tokens whose surprise is close to the mean, up to this probability. */
  typicalP?: number | undefined;
}

/** The generation that the options refer to. */
export interface ProcessorContext {
  /** Tokens of the prompt. */
  promptLength: number;
  /** Tokens that end a text. Default none. */
  eosTokenIds?: readonly number[] | undefined;
}

/** The processors that forbid or force tokens. */
function rules(
  where: string,
  options: Omit<ProcessorOptions, "logitsProcessors" | "doSample" | keyof typeof warpers>,
  context: ProcessorContext,
) {
  const {
    repetitionPenalty: penalty = 1,
    logitBias: bias,
    frequencyPenalty = 0,
    presencePenalty = 0,
    noRepeatNgramSize = 0,
    badWordsIds,
    minLength: least = 0,
    minNewTokens: leastNew = 0,
    forcedBosTokenId,
    forcedEosTokenId,
    maxLength,
    suppressTokens: suppressed,
    beginSuppressTokens: suppressedFirst,
    ...rest
  } = options;
  refuseUnknown(where, rest);
  const { promptLength, eosTokenIds = [] } = having(where, "context", context, "promptLength");
  const list: LogitsProcessor[] = [];
  if (bias && Object.keys(bias).length > 0) list.push(logitBias(bias));
  if (penalty !== 1) list.push(repetitionPenalty(penalty));
  if (frequencyPenalty !== 0 || presencePenalty !== 0)
    list.push(countPenalty({ frequencyPenalty, presencePenalty, promptLength }));
  if (noRepeatNgramSize) list.push(noRepeatNgram(noRepeatNgramSize));
  if (badWordsIds) list.push(badWords(badWordsIds));
  if (least && eosTokenIds.length > 0) list.push(minLength(least, eosTokenIds));
  if (leastNew && eosTokenIds.length > 0)
    list.push(minNewTokens(leastNew, promptLength, eosTokenIds));
  if (forcedBosTokenId !== undefined) list.push(forcedBos(forcedBosTokenId));
  if (forcedEosTokenId !== undefined && maxLength !== undefined)
    list.push(forcedEos(maxLength, [forcedEosTokenId].flat()));
  if (suppressed) list.push(suppressTokens(suppressed));
  if (suppressedFirst) list.push(beginSuppressTokens(suppressedFirst, promptLength));
  return list;
}

/** The processors that shape the distribution, in order, each without effect at its own value. */
const warpers = {
  temperature: (value: number) => (value === 1 ? [] : [temperature(value)]),
  topK: (value: number) => (value ? [topK(value)] : []),
  topP: (value: number) => (value < 1 ? [topP(value)] : []),
  minP: (value: number) => [minP(value)],
  typicalP: (value: number) => (value < 1 ? [typicalP(value)] : []),
};

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
  const {
    logitsProcessors = [],
    doSample = false,
    temperature,
    topK,
    topP,
    minP,
    typicalP,
    ...others
  } = optionsOf("createProcessors", options);
  const { repetitionPenalty: penalty } = others;
  if (penalty !== undefined) real("createProcessors", "repetitionPenalty", penalty, { above: 0 });
  for (const [name, value] of Object.entries({ topP, minP }))
    if (value !== undefined) real("createProcessors", name, value, { min: 0, max: 1 });
  const list = [...rules("createProcessors", others, context), ...logitsProcessors];
  if (!doSample) return list;
  const shape = { temperature, topK, topP, minP, typicalP };
  for (const name of Object.keys(warpers) as (keyof typeof warpers)[])
    if (shape[name] !== undefined) list.push(...warpers[name](shape[name]));
  return list;
}
