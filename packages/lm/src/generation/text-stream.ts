import { functionOf, optionsOf, refuseUnknown } from "../errors";
import { rangeError } from "./logits-processor";

/** Turns tokens into text as they arrive. */
export interface TextStream {
  /**
   * Takes a token and returns the text that is now final; empty inside a character of several tokens, for what could be
   * the beginning of a stop string, and after one.
   */
  push(id: number): string;
  /** Returns what was held back; bytes that never became a character are U+FFFD. */
  end(): string;
  /** The stop string that was found. */
  readonly stoppedBy: string | undefined;
  /** Length of the text of all tokens so far, whole characters only, whether it was returned or not. */
  readonly length: number;
}

/** Options of {@link textStream}. */
export interface TextStreamOptions {
  /**
   * Texts at which the stream ends, wherever tokens begin and end; neither they nor what follows is returned. Of several the
   * one that is complete first counts. Default none.
   */
  stopStrings?: readonly string[] | undefined;
  /**
   * Tokens that stand before the first one, of which the last few decide whether it keeps its space. Default none: the text
   * is decoded as the beginning of one.
   */
  after?: readonly number[] | undefined;
}

/** Tokens that are decoded with the next one. */
const CONTEXT = 8;

/** The stop string that ends first in a text, and where it begins. */
function firstStop(
  text: string,
  strings: readonly string[],
): { at: number; string: string } | null {
  let found: { at: number; string: string } | null = null;
  for (const string of strings) {
    const at = text.indexOf(string);
    if (at < 0) continue;
    const later = found ? at + string.length - found.at - found.string.length : -1;
    if (later < 0 || (later === 0 && at < found!.at)) found = { at, string };
  }
  return found;
}

/** Length of the longest end of a text that a stop string begins with. */
function heldLength(text: string, strings: readonly string[]): number {
  const longest = Math.max(0, ...strings.map(({ length }) => length - 1));
  for (let length = Math.min(text.length, longest); length > 0; length--)
    if (strings.some((string) => string.startsWith(text.slice(-length)))) return length;
  return 0;
}

const longestCharacter = 4; // bytes, and so tokens
const mostWaiting = 4 * longestCharacter;

/**
 * Decodes a few tokens at a time. Tokens wait while their text ends inside a character; if they are more than any character
 * has, their bytes are no text, and all but the last ones are given as U+FFFD.
 */
function decoding(decode: (ids: number[]) => string, after: readonly number[]) {
  let context = after.slice(-CONTEXT); // tokens already output, which serve as context for decoding the next ones
  // A character that ends only after the context belongs to the text.
  let told = context.length === 0 ? "" : decode(context).replace(/\ufffd+$/, "");
  let waiting: number[] = [];
  const textOf = (ids: readonly number[]) => decode([...context, ...ids]).slice(told.length);
  const take = (count: number): string => {
    const own = waiting.slice(0, count);
    const text = textOf(own);
    context = own;
    told = decode(own);
    waiting = waiting.slice(count);
    return text;
  };
  return {
    push(id: number): string {
      waiting.push(id);
      const text = textOf(waiting);
      if (text !== "" && !text.endsWith("\ufffd")) return take(waiting.length);
      const isNoText = waiting.length >= mostWaiting && text !== "";
      return isNoText ? take(waiting.length - longestCharacter + 1) : "";
    },
    end: () => (waiting.length === 0 ? "" : take(waiting.length)),
  };
}

/**
 * Creates a text stream. The joined pieces are the complete decoded text, up to the first stop string; each push decodes
 * only a few tokens.
 *
 * @param decode turns ids into text, such as `tokenizer.decode`
 * @throws {LmError} `ERR_RANGE` when a stop string is empty or has half a surrogate pair
 */
export function textStream(
  decode: (ids: number[]) => string,
  options: TextStreamOptions = {},
): TextStream {
  const { stopStrings = [], after = [], ...rest } = optionsOf("textStream", options);
  refuseUnknown("textStream", rest);
  functionOf("textStream", "decode", decode);
  for (const string of stopStrings)
    if (typeof string !== "string" || string === "" || /\p{Surrogate}/u.test(string))
      throw rangeError("textStream", "stopStrings", "texts that are not empty", `"${string}"`);
  const decoder = decoding(decode, after);
  let held = "";
  let length = 0;
  let stoppedBy: string | undefined;

  /** The part of `held` and a new text that can be returned. */
  function take(text: string, isEnd: boolean): string {
    if (stoppedBy !== undefined) return "";
    length += text.length;
    const whole = held + text;
    const stop = firstStop(whole, stopStrings);
    stoppedBy = stop?.string;
    const count = stop ? stop.at : whole.length - (isEnd ? 0 : heldLength(whole, stopStrings));
    held = stop ? "" : whole.slice(count);
    return whole.slice(0, count);
  }

  return {
    push: (id) => take(stoppedBy === undefined ? decoder.push(id) : "", false),
    end: () => take(decoder.end(), true),
    get stoppedBy() {
      return stoppedBy;
    },
    get length() {
      return length;
    },
  };
}
