import type { Programs } from "./write-programs";

/** "1 of 16 programs" */
export const passedText = ({ passed, n }: Programs): string => `${passed} of ${n} programs`;

/** The change that a move has made, in a sentence. */
export const movedText = (before: Programs, after: Programs): string =>
  `${passedText(after)} ${after.n === 1 ? "passes" : "pass"} all tests (${passedText(before)} before), of ${after.written.length} different ones.`;
