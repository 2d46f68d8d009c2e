/** @file Pairs with a rule that generalises. */
import type { EncodedPair } from "../../src";

const vocabulary = 20;

function side(prompt: number[], answer: number[]) {
  return { inputIds: [...prompt, ...answer], labels: [...prompt.map(() => -100), ...answer] };
}

/** Answers count upwards from the prompt's last token where chosen, downwards where rejected. */
export function countingPairs(count: number, start = 0): EncodedPair[] {
  return Array.from({ length: count }, (_, i) => {
    const first = (7 * (i + start)) % vocabulary;
    const prompt = [(first + 11) % vocabulary, first];
    const step = (by: number) => [1, 2].map((n) => (first + by * n + 2 * vocabulary) % vocabulary);
    return {
      chosen: side(prompt, step(1)),
      rejected: side(prompt, [...step(-1), ...(i % 2 ? [3] : [])]),
      promptTokens: 2,
      isTruncated: false,
    };
  });
}

/** Answers to any prompt: token 1 in the chosen one where the rejected one has token 2. */
export function markedPairs(count: number, start = 0): EncodedPair[] {
  return Array.from({ length: count }, (_, i) => {
    const prompt = [3, 5, 11].map((factor) => 3 + ((factor * (i + start)) % (vocabulary - 3)));
    const answer = (mark: number) => side(prompt, [prompt[i % 3]!, mark]);
    return { chosen: answer(1), rejected: answer(2), promptTokens: 3, isTruncated: false };
  });
}
