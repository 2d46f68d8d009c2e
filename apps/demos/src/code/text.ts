import { sentinels } from "@deepgrain/coder";
import type { Hole } from "./fill-middle";
import { LONGEST_PROGRAM, LONGEST_TEXT } from "./limits";

/** The fault of a program; undefined if it can be run. */
export function programProblem(code: string): string | undefined {
  if (code.trim() === "")
    return "A program needs a function solve; the tests below are of the program before.";
  if (code.length > LONGEST_PROGRAM)
    return `A program may have ${LONGEST_PROGRAM.toLocaleString("en-US")} characters; this one has ${code.length.toLocaleString("en-US")}.`;
  return undefined;
}

/** The fault of a text with a hole; undefined if it can be filled in. */
export function holeProblem({ text, from, to }: Hole): string | undefined {
  if (text.trim() === "") return "Write some code first; below is what was filled in before.";
  if (text.length > LONGEST_TEXT)
    return `A text may have ${LONGEST_TEXT.toLocaleString("en-US")} characters; this one has ${text.length.toLocaleString("en-US")}.`;
  const mark = Object.values(sentinels.deepseek).find((one) => text.includes(one));
  if (mark) return `The model’s own mark ${mark} must not stand in the text.`;
  if (from > to || to > text.length)
    return `The cursors must lie within the text, which has ${text.length} characters, the first before the second.`;
  return undefined;
}
