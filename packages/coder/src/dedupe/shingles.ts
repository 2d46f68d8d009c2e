/** The words of a text: its parts between white space. */
export const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/**
 * The set of all runs of `size` words of a text; of a shorter text that has words, the run of all its words.
 */
export function shingles(text: string, size: number): Set<string> {
  const words = wordsOf(text);
  const found = new Set<string>();
  if (words.length === 0) return found;
  for (let i = 0; i + size <= words.length; i++) found.add(words.slice(i, i + size).join(" "));
  if (words.length < size) found.add(words.join(" "));
  return found;
}

/** |A ∩ B| / |A ∪ B|; 1 for two empty sets. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  let common = 0;
  for (const item of few) if (many.has(item)) common++;
  const union = a.size + b.size - common;
  return union === 0 ? 1 : common / union;
}
