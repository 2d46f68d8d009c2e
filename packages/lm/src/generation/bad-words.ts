import { listOf } from "../errors";
import { checkIds, type LogitsProcessor, rangeError } from "./logits-processor";

/**
 * Returns the processor that forbids sequences of tokens: the last token of a sequence may not follow the others.
 *
 * @param words at least one sequence; each has at least one token id
 * @throws {LmError} `ERR_RANGE` when there is no sequence, one is empty, or an id is not a whole number of at least 0
 */
export function badWords(words: readonly (readonly number[])[]): LogitsProcessor {
  listOf("badWords", "words", words);
  if (words.length === 0) throw rangeError("badWords", "words", "at least one sequence", "none");
  for (const word of words) {
    if (word.length === 0)
      throw rangeError("badWords", "words", "sequences of at least one id", "[]");
    checkIds("badWords", "words", word);
  }
  return (inputIds, logits) => {
    for (const word of words) {
      const start = inputIds.length - word.length + 1;
      const last = word[word.length - 1]!;
      const follows =
        start >= 0 && word.every((id, i) => i === word.length - 1 || inputIds[start + i] === id);
      if (follows && last < logits.length) logits[last] = Number.NEGATIVE_INFINITY;
    }
    return logits;
  };
}
