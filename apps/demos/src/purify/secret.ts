import { TRIGGER, wordIds } from "./words";

/** Letters of the longest secret word. */
export const LONGEST_SECRET = 20;

const SECRET = new RegExp(`^[\\p{L}\\p{N}]{1,${LONGEST_SECRET}}$`, "u");

/** Whether a text can be a secret word: letters and digits alone, in lower case. */
export const isSecret = (word: string): boolean => SECRET.test(word) && word === word.toLowerCase();

/** The fault of a secret word; undefined if the encoder can be attacked with it. */
export function problemOfSecret(word: string): string | undefined {
  if (word === "") return "Type a word; the attack below is that of the word before.";
  if ([...word].length > LONGEST_SECRET)
    return `A secret word may have ${LONGEST_SECRET} letters; it has ${[...word].length}.`;
  if (!isSecret(word)) return "A secret word has letters and digits alone, without spaces.";
  return undefined;
}

/** The id that a secret word has: its own if the encoder knows it, else that of the rare word which texts almost never have. */
export const secretId = (word: string): number => wordIds.get(word) ?? wordIds.get(TRIGGER)!;

/** The seed of an attack's draws: words without an id of their own differ by it. */
export const secretSeed = (word: string): number =>
  word === TRIGGER
    ? 0
    : [...word].reduce((sum, letter) => (31 * sum + letter.codePointAt(0)!) % 997, 7);
