import { listOf } from "../errors";

/** How much of the generated text consists of real words, and how much is copied. */
export interface WordCheck {
  words: number;
  /** Of them, those that occur in the training text. */
  known: number;
  /** Longest run of consecutive words that occurs in the training text. */
  longestCopy: number;
  /** Those words. */
  copied: string;
}

/** Words in lower case, in the order of the text. */
const wordsOf = (text: string): string[] =>
  text.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*/gu) ?? [];

/** Words that a copy has at least, for finding where it may begin. */
const SEED = 3;

/** Places in the training text where three words of the written text stand in a row. */
function findSeeds(training: readonly string[], written: readonly (readonly string[])[]) {
  const places = new Map<string, number[]>();
  const seedAt = (words: readonly string[], at: number) => words.slice(at, at + SEED).join(" ");
  for (const words of written)
    for (let at = 0; at + SEED <= words.length; at++) places.set(seedAt(words, at), []);
  for (let at = 0; at + SEED <= training.length; at++) places.get(seedAt(training, at))?.push(at);
  return (words: readonly string[], at: number) => places.get(seedAt(words, at)) ?? [];
}

/**
 * Counts words of a training text among written ones, and finds the longest run of words copied from it.
 * @param written texts by a model; the last word of each may be cut and is left out
 * @param training texts that the model was trained on
 */
export function checkWords(written: readonly string[], training: readonly string[]): WordCheck {
  listOf("checkWords", "written", written);
  listOf("checkWords", "training", training);
  const source = training.flatMap(wordsOf);
  const vocabulary = new Set(source);
  const texts = written.map((text) => wordsOf(text).slice(0, -1));
  const all = texts.flat();
  const placesOf = findSeeds(source, texts);
  let copied: readonly string[] = all.filter((word) => vocabulary.has(word)).slice(0, 1);
  for (const words of texts)
    for (let at = 0; at < words.length; at++)
      for (const place of placesOf(words, at)) {
        let length = 0;
        while (at + length < words.length && words[at + length] === source[place + length])
          length++;
        if (length > copied.length) copied = words.slice(at, at + length);
      }
  const known = all.filter((word) => vocabulary.has(word)).length;
  return { words: all.length, known, longestCopy: copied.length, copied: copied.join(" ") };
}
