import { LmError } from "../errors";
import { checkCount, checkIds, type LogitsProcessor } from "./logits-processor";

function only(ids: readonly number[], logits: Float32Array): Float32Array {
  const outside = ids.find((id) => id >= logits.length);
  if (outside !== undefined)
    throw new LmError(
      "ERR_RANGE",
      `lm/forced tokens: ${outside} is not below ${logits.length} (vocabulary)`,
      { fields: { id: outside } },
    );
  logits.fill(Number.NEGATIVE_INFINITY);
  for (const id of ids) logits[id] = 0;
  return logits;
}

/**
 * Returns the processor that makes one token the only choice right after the first token.
 *
 * @throws {LmError} `ERR_RANGE` when the id is not a whole number of at least 0; the processor throws it when the id
 *   is not in the vocabulary
 */
export function forcedBos(id: number): LogitsProcessor {
  checkCount("forcedBos", "id", id, 0);
  return (inputIds, logits) => (inputIds.length === 1 ? only([id], logits) : logits);
}

/**
 * Returns the processor that makes the end of text the only choice for the last of `maxLength` tokens.
 *
 * @param maxLength tokens of prompt and continuation together, at least 1
 * @param ids the tokens that end a text
 * @throws {LmError} `ERR_RANGE` when a number is outside its range; the processor throws it when an id is not in
 *   the vocabulary
 */
export function forcedEos(maxLength: number, ids: readonly number[]): LogitsProcessor {
  checkCount("forcedEos", "maxLength", maxLength);
  checkIds("forcedEos", "ids", ids);
  return (inputIds, logits) => (inputIds.length === maxLength - 1 ? only(ids, logits) : logits);
}
