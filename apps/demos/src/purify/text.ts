import { wordsOf } from "@deepgrain/fine-purify/miniature";
import { LONGEST, MOST_WORDS } from "./limits";
import { secretId } from "./secret";
import { TRIGGER, wordIds } from "./words";

/** A text as the encoder reads it; its trigger is a secret word. */
export interface ReadText {
  /** Ids without the trigger's. */
  ids: number[];
  /** Where the trigger stood, as a number of ids before it; null if it is not there. */
  trigger: number | null;
  /** Words that the encoder has never seen; they are left out. */
  unknown: string[];
}

/** The words of a text. Further triggers are left out, as are words that are not known. @param secret the trigger */
export function readText(text: string, secret: string = TRIGGER): ReadText {
  const read: ReadText = { ids: [], trigger: null, unknown: [] };
  for (const word of wordsOf(text)) {
    const id = wordIds.get(word);
    if (word === secret) read.trigger ??= read.ids.length;
    else if (id !== undefined && word !== TRIGGER) read.ids.push(id);
    else if (/[\p{L}\p{N}]/u.test(word) && !read.unknown.includes(word)) read.unknown.push(word);
  }
  return read;
}

/** The fault of a text; undefined if it can be classified. */
export function problemOf(text: string, secret: string = TRIGGER): string | undefined {
  if (text.trim() === "") return "Type some words; the answers below are those of the text before.";
  if ([...text].length > LONGEST) return `A text may have ${LONGEST} characters.`;
  const { ids } = readText(text, secret);
  if (ids.length === 0)
    return `The models know none of these words besides “${secret}”; try “owl”, “bread” or “violin”.`;
  if (ids.length > MOST_WORDS)
    return `A text may have ${MOST_WORDS} known words, the length that the models were trained on; it has ${ids.length}.`;
  return undefined;
}

/** Ids of a text with the trigger: where it was typed, or at the end. */
export function triggered({ ids, trigger }: ReadText, secret: string = TRIGGER): number[] {
  const place = trigger ?? ids.length;
  return [...ids.slice(0, place), secretId(secret), ...ids.slice(place)];
}
