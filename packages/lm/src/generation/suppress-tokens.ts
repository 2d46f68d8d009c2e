import { checkCount, checkIds, type LogitsProcessor } from "./logits-processor";

const forbid = (ids: readonly number[], logits: Float32Array) => {
  for (const id of ids) if (id < logits.length) logits[id] = Number.NEGATIVE_INFINITY;
  return logits;
};

/**
 * Returns the processor that forbids tokens everywhere.
 * @throws {LmError} `ERR_RANGE` when an id is not a whole number of at least 0
 */
export function suppressTokens(ids: readonly number[]): LogitsProcessor {
  checkIds("suppressTokens", "ids", ids);
  return (_inputIds, logits) => forbid(ids, logits);
}

/**
 * Returns the processor that forbids tokens at one position only.
 *
 * @param beginIndex number of tokens before that position, usually the prompt's length
 * @throws {LmError} `ERR_RANGE` when an id or the position is not a whole number of at least 0
 */
export function beginSuppressTokens(ids: readonly number[], beginIndex: number): LogitsProcessor {
  checkIds("beginSuppressTokens", "ids", ids);
  checkCount("beginSuppressTokens", "beginIndex", beginIndex, 0);
  return (inputIds, logits) => (inputIds.length === beginIndex ? forbid(ids, logits) : logits);
}

/**
 * Returns the processor that forbids the end of text while the complete sequence is shorter than `length`.
 *
 * @param eosTokenIds the tokens that end a text
 * @throws {LmError} `ERR_RANGE` when a number is not a whole number of at least 0
 */
export function minLength(length: number, eosTokenIds: readonly number[]): LogitsProcessor {
  checkCount("minLength", "length", length, 0);
  checkIds("minLength", "eosTokenIds", eosTokenIds);
  return (inputIds, logits) => (inputIds.length < length ? forbid(eosTokenIds, logits) : logits);
}

/**
 * Returns the processor that forbids the end of text until `count` tokens have been generated.
 *
 * @param promptLength tokens of the prompt
 * @param eosTokenIds the tokens that end a text
 * @throws {LmError} `ERR_RANGE` when a number is not a whole number of at least 0
 */
export function minNewTokens(
  count: number,
  promptLength: number,
  eosTokenIds: readonly number[],
): LogitsProcessor {
  checkCount("minNewTokens", "count", count, 0);
  checkCount("minNewTokens", "promptLength", promptLength, 0);
  return minLength(promptLength + count, eosTokenIds);
}
