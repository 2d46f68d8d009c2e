import type { Wrote } from "./state";

/** The model’s own part of the text. */
export const textOf = ({ turns }: Wrote): string => turns.at(-1)!.content;

/** The words of what it wrote, and how many of them are different. */
export function wordsOf(wrote: Wrote): { all: number; different: number } {
  const words =
    textOf(wrote)
      .toLowerCase()
      .match(/[\p{L}’']+/gu) ?? [];
  return { all: words.length, different: new Set(words).size };
}

/** "50 of 82 words are different ones" */
export function wordsText(wrote: Wrote): string {
  const { all, different } = wordsOf(wrote);
  return `${different} of ${all} words are different ones`;
}

/** The change that a move has made, in a sentence. */
export function movedText(before: Wrote | null, after: Wrote): string {
  const [was, is] = [before?.state, after.state];
  const changes = [
    was?.temperature !== is.temperature && `temperature ${is.temperature}`,
    was?.seed !== is.seed && `seed ${is.seed}`,
    was?.tokens !== is.tokens && `at most ${is.tokens} tokens`,
    was?.prompt !== is.prompt && "your beginning",
  ].filter((change) => change !== false);
  const what = !was || changes.length === 0 ? "Written here" : `With ${changes.join(", ")}`;
  const then = before ? ` (${wordsOf(before).different} of ${wordsOf(before).all} before)` : "";
  return `${what}: ${wordsText(after)}${then}.`;
}
