import { afterMarker, firstNumber, gsm8kMarker, metamathMarker } from "./gsm8k-answer";
import { extractBoxed } from "./math-answer";

/** The last "the answer is", with or without a colon, in any case. */
function afterWords(text: string): string | undefined {
  return [...text.matchAll(/\bthe (?:final )?answer is\b:?/gi)]
    .map((match) => text.slice(match.index + match[0].length))
    .at(-1);
}

/**
 * The number that a solution gives as its answer: after the last `#### `, else after the last `The answer is: `, else
 * after the last "the answer is", else in the last `\boxed{…}`.
 *
 * @returns null where there is none
 */
export function extractNumber(text: string): string | null {
  for (const marker of [gsm8kMarker, metamathMarker]) {
    const after = afterMarker(text, marker);
    if (after !== undefined) return firstNumber(after.split("\n")[0]!);
  }
  const said = afterWords(text)?.split("\n")[0];
  const number = said === undefined ? null : firstNumber(said);
  const boxed = number === null ? extractBoxed(text) : null;
  return boxed === null ? number : firstNumber(boxed);
}
