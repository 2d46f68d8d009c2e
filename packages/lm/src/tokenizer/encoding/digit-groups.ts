import type { PatternLike } from "../linear-pattern";

/** A match of a pattern: its text and its place. */
export interface Match {
  readonly 0: string;
  readonly index: number;
}

/** Digits of a run that are matched in its place: the groups depend on its length modulo three. */
const standIn = (count: number) => "0".repeat(count <= 9 ? count : 6 + (count % 3));

/**
 * The matches of {@link digitGroupsPattern} in time in proportion to the text: the library's expression would look at each
 * digit of a run once per group.
 *
 * @param pattern the library's expression, which decides whether a run ends at the end of a word
 */
export function* digitGroups(text: string, pattern: RegExp | PatternLike): Generator<Match> {
  for (const { 0: run, index } of text.matchAll(/\p{Nd}+/gu)) {
    let count = 0;
    for (const _ of run) count++;
    const after = text.codePointAt(index + run.length);
    const short = standIn(count) + (after === undefined ? "" : String.fromCodePoint(after));
    const [first] = short.matchAll(pattern as RegExp);
    if (!first) continue; // a letter follows: no group ends at the end of a word
    let left = first[0].length;
    let group = "";
    let start = index;
    for (const digit of run) {
      group += digit;
      if (--left > 0) continue;
      yield { 0: group, index: start };
      start += group.length;
      group = "";
      left = 3;
    }
  }
}
