import type { Answer, EncodedPair } from "@deepgrain/align";
import { chatOf, judge } from "./task";

/** Pairs of answers to one prompt that the judge tells apart: the best and the worst of its group. */
export function preferencePairs(answers: readonly Answer[]): EncodedPair[] {
  const groups = new Map<number, Answer[]>();
  for (const answer of answers)
    groups.set(answer.prompt, [...(groups.get(answer.prompt) ?? []), answer]);
  return [...groups.values()].flatMap((group) => {
    const ranked = [...group].sort((a, b) => judge(b) - judge(a));
    const [best, worst] = [ranked[0]!, ranked.at(-1)!];
    if (judge(best) === judge(worst)) return [];
    return {
      chosen: chatOf(best),
      rejected: chatOf(worst),
      promptTokens: best.promptIds.length,
      isTruncated: false,
    };
  });
}
