import { iterableOf, optionsOf, refuseUnknown, textOf } from "../errors";

/** The words and punctuation marks of a text, in lower case. */
export const wordsOf = (text: string): string[] => {
  textOf("wordsOf", "text", text);
  return text.toLowerCase().match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
};

/**
 * Ids of words: those of `special` first, then the most frequent words of the texts, as many as fit. Ties are broken
 * alphabetically.
 * @param options.size total number of ids
 */
export function wordVocabulary(
  texts: Iterable<readonly string[]>,
  options: { size: number; special: readonly string[] },
): ReadonlyMap<string, number> {
  const { size, special, ...rest } = optionsOf("wordVocabulary", options);
  refuseUnknown("wordVocabulary", rest);
  iterableOf("wordVocabulary", "texts", texts);
  const counts = new Map<string, number>();
  for (const words of texts)
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const known = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const free = known.map(([word]) => word).filter((word) => !special.includes(word));
  return new Map([...special, ...free].slice(0, size).map((word, id) => [word, id]));
}
