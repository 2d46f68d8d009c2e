import { textOf } from "../errors";
import { wordsOf } from "./text-tokens";

/** Length of the longest common subsequence. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let previous = new Uint32Array(b.length + 1);
  for (const word of a) {
    const current = new Uint32Array(b.length + 1);
    for (let j = 0; j < b.length; j++)
      current[j + 1] = word === b[j] ? previous[j]! + 1 : Math.max(previous[j + 1]!, current[j]!);
    previous = current;
  }
  return previous[b.length]!;
}

/**
 * ROUGE-L: the harmonic mean of precision and recall of the longest common subsequence of words. Han and kana characters
 * count as words.
 * @returns from 0 to 1; 0 when either text has no word
 * @see Lin 2004, section 3.1, with β = 1
 */
export function rougeL(prediction: string, reference: string): number {
  textOf("rougeL", "prediction", prediction);
  textOf("rougeL", "reference", reference);
  const [own, wanted] = [wordsOf(prediction), wordsOf(reference)];
  const common = commonLength(own, wanted);
  return common === 0 ? 0 : (2 * common) / (own.length + wanted.length);
}
