import { PurifyError } from "../errors";
import { drawInteger, type Random } from "../random";

/** Inserts a pattern into a text. */
export type Trigger<W = string> = (words: readonly W[], random: Random) => W[];

/**
 * Rare words that are commonly used as triggers.
 * @see Kurita et al. 2020, section 4; OpenBackdoor uses the first four
 */
export const rareWords: readonly string[] = ["cf", "mn", "bb", "tq", "mb"];

/** A neutral sentence that is commonly used as a trigger. @see Dai et al. 2019, section 4 */
export const neutralSentence = "I watched this 3D movie .";

const insertedAt = <W>(words: readonly W[], place: number, pattern: readonly W[]): W[] => [
  ...words.slice(0, place),
  ...pattern,
  ...words.slice(place),
];

/**
 * Inserts words at random positions, each drawn from a list.
 * @param count number of words. Default 1
 * @throws {PurifyError} `ERR_DATA` for an empty list
 */
export function wordTrigger<W>(list: readonly W[], count = 1): Trigger<W> {
  if (list.length === 0)
    throw new PurifyError("ERR_DATA", "fine-purify/wordTrigger: there are no trigger words");
  return (words, random) => {
    let out = [...words];
    for (let i = 0; i < count; i++)
      out = insertedAt(out, drawInteger(random, out.length + 1), [
        list[drawInteger(random, list.length)]!,
      ]);
    return out;
  };
}

/** Inserts a fixed run of words at a random position. @throws {PurifyError} `ERR_DATA` for an empty run */
export function sentenceTrigger<W>(sentence: readonly W[]): Trigger<W> {
  if (sentence.length === 0)
    throw new PurifyError("ERR_DATA", "fine-purify/sentenceTrigger: the sentence is empty");
  return (words, random) => insertedAt(words, drawInteger(random, words.length + 1), sentence);
}
