import { functionOf, listOf } from "../errors";
import { checkCount, checkIds, rangeError } from "./logits-processor";

/** Why generation ended. */
export type StopReason = "eos" | "length" | "stop-string";

/**
 * Is called after each new token; returns the reason to stop, or `undefined` to continue.
 *
 * @param inputIds all tokens so far, prompt and the new one included
 */
export type StoppingCriterion = (inputIds: ArrayLike<number>) => StopReason | undefined;

/**
 * Stops when the newest token is one of those that end a text.
 * @throws {LmError} `ERR_RANGE` when an id is not a whole number of at least 0
 */
export function stopAtTokens(eosTokenIds: readonly number[]): StoppingCriterion {
  checkIds("stopAtTokens", "eosTokenIds", eosTokenIds);
  const isEnd = new Set(eosTokenIds);
  return (inputIds) => (isEnd.has(inputIds[inputIds.length - 1]!) ? "eos" : undefined);
}

/**
 * Stops once this many tokens have been generated.
 * @throws {LmError} `ERR_RANGE` when a number is not a whole number of at least 0
 */
export function stopAfterTokens(maxNewTokens: number, promptLength: number): StoppingCriterion {
  checkCount("stopAfterTokens", "maxNewTokens", maxNewTokens, 0);
  checkCount("stopAfterTokens", "promptLength", promptLength, 0);
  return (inputIds) => (inputIds.length - promptLength >= maxNewTokens ? "length" : undefined);
}

const spareTokens = 8; // keeps a decoder's special handling of the start of a text away from the stop string

/**
 * Stops when the generated text contains one of the strings, regardless of token boundaries. Only the newest tokens
 * that can spell a string are decoded: one per byte, plus a small margin.
 *
 * @param strings none may be empty
 * @param decode turns ids into text, such as `tokenizer.decode`
 * @param promptLength tokens of the prompt, which is not searched
 * @throws {LmError} `ERR_RANGE` when a string is empty or the length is not a whole number of at least 0
 */
export function stopAtStrings(
  strings: readonly string[],
  decode: (ids: number[]) => string,
  promptLength: number,
): StoppingCriterion {
  listOf("stopAtStrings", "strings", strings);
  functionOf("stopAtStrings", "decode", decode);
  if (strings.includes("")) throw rangeError("stopAtStrings", "strings", "not empty", '""');
  checkCount("stopAtStrings", "promptLength", promptLength, 0);
  const encoder = new TextEncoder();
  const longest = Math.max(0, ...strings.map((text) => encoder.encode(text).length));
  return (inputIds) => {
    const start = Math.max(promptLength, inputIds.length - longest - spareTokens);
    if (strings.length === 0 || start >= inputIds.length) return undefined;
    const text = decode(Array.from(inputIds).slice(start));
    return strings.some((string) => text.includes(string)) ? "stop-string" : undefined;
  };
}

/** Stops as soon as one of the criteria does; the first one determines the reason. */
export function stopAtAny(criteria: readonly StoppingCriterion[]): StoppingCriterion {
  return (inputIds) => {
    for (const criterion of criteria) {
      const reason = criterion(inputIds);
      if (reason) return reason;
    }
    return undefined;
  };
}

/** Returns the text up to the first of the strings, or all of it if none occurs. */
export function truncateAtStrings(text: string, strings: readonly string[]): string {
  const places = strings.map((string) => text.indexOf(string)).filter((place) => place >= 0);
  return text.slice(0, Math.min(text.length, ...places));
}
