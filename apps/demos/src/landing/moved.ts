import type { Written } from "./state";
import { names } from "./state";

/** "0.053" */
export const nats = (loss: number): string => loss.toFixed(3);

/** Letters of a text that each expert wrote. */
export const lettersOf = ({ texts }: Written, text?: number): number[] =>
  names.map((_, expert) => {
    const own = text === undefined ? texts.flat() : (texts[text] ?? []);
    return own.filter((letter) => letter.expert === expert).length;
  });

/** Words of what was written, and those of them that the sentences have; the last word, which may be cut off, is left out. */
export function wordsOf({ state, texts }: Written): { own: number; all: number } {
  const known = new Set(`${state.text} ${state.second}`.split(/\s+/));
  const written = texts.flatMap((letters) =>
    `${state.begin}${letters.map(({ text }) => text).join("")}`
      .trimStart()
      .split(/\s+/)
      .slice(0, -1),
  );
  return { own: written.filter((word) => known.has(word)).length, all: written.length };
}

/** "32 of 32 words are the sentence’s own" */
export function wordsText(written: Written): string {
  const { own, all } = wordsOf(written);
  return `${own} of ${all} words are ${written.state.second ? "the sentences’" : "the sentence’s"} own`;
}

/** "Experts 2 and 6 off" */
const offText = (off: readonly string[]): string =>
  off.length === 0
    ? "All experts on"
    : `Expert${off.length > 1 ? "s" : ""} ${off.join(", ").replace(/, (\d)$/, " and $1")} off`;

/** The change that a move has made, in a sentence. */
export function movedText({ state: was, ...before }: Written, after: Written): string {
  const { state: is, losses } = after;
  const reading = `${losses.map(nats).join(" and ")} nats per letter`;
  if (was.text !== is.text || was.second !== is.second || was.seed !== is.seed) {
    const what = is.second ? "Two sentences" : "One sentence";
    return `${what} learned from new weights: a loss of ${reading}; ${wordsText(after)}.`;
  }
  if (was.off.join() !== is.off.join())
    return `${offText(is.off)}: a loss of ${reading} (was ${before.losses.map(nats).join(" and ")}).`;
  if (was.temperature !== is.temperature)
    return `At a temperature of ${is.temperature}, ${wordsText(after)} (${wordsOf({ state: was, ...before }).own} at ${was.temperature}).`;
  if (was.begin !== is.begin)
    return `${is.begin ? `After “${is.begin}”` : "After the sentence"}, ${wordsText(after)}.`;
  return `The same once more: ${wordsText(after)}.`;
}
