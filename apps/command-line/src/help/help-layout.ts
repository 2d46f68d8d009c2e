/** @file How `--help` is laid out: flags on the left, at most a third of the width; nothing is wider than the terminal. */
import type { Command as Commander, Help } from "commander";
import type { Flag } from "../flags/flags";

/** Columns before a flag, and between it and its text. */
const [INDENT, GAP] = [2, 2];

/** Where texts begin at the latest. */
const textColumn = (width: number) => Math.floor(width / 3);

/** A word in pieces that fit, after commas where it has some. */
function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  const comma = word.lastIndexOf(",", width - 1);
  const end = comma > 0 ? comma + 1 : width;
  return [word.slice(0, end), ...pieces(word.slice(end), width)];
}

/** A text in lines of at most `width` characters. */
export function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const piece of paragraph.split(/\s+/).flatMap((word) => pieces(word, width)))
      if (line === "") line = piece;
      else if (line.length + 1 + piece.length <= width) line += ` ${piece}`;
      else {
        lines.push(line);
        line = piece;
      }
    lines.push(line);
  }
  return lines.join("\n");
}

/**
 * The placeholder of a flag's value and its text. Choices that would widen the flags' column beyond a third of the width stand
 * in the text.
 * @param spelled the flag as it is typed, with a short form if it has one
 */
export function placeholderAndText(
  spelled: string,
  { hint, help, words }: Pick<Flag, "hint" | "help" | "words">,
  width: number,
): { placeholder: string; text: string } {
  const isWide = INDENT + spelled.length + hint.length + " <>".length + GAP > textColumn(width);
  if (!isWide || words === undefined || hint !== words.join("|"))
    return { placeholder: hint, text: help };
  const isSaid = words.every((word) => help.includes(word));
  return { placeholder: "word", text: isSaid ? help : `${help}; one of ${words.join(", ")}` };
}

/** Functions that commander calls to lay help out. */
export const helpLayout: Partial<Help> = {
  minWidthToWrap: 1,
  padWidth(command: Commander, helper: Help) {
    const longest = Math.max(
      helper.longestOptionTermLength(command, helper),
      helper.longestSubcommandTermLength(command, helper),
      helper.longestArgumentTermLength(command, helper),
    );
    return Math.min(longest, textColumn(helper.helpWidth ?? 80) - INDENT - GAP);
  },
  boxWrap: wrapped,
  /** A flag and its text beside it, or below where the flag is too long. */
  formatItem(term: string, termWidth: number, description: string, helper: Help) {
    const column = INDENT + termWidth + GAP;
    const start = " ".repeat(INDENT) + term;
    if (description === "") return start;
    const text = wrapped(description, (helper.helpWidth ?? 80) - column);
    const below = text.replaceAll("\n", `\n${" ".repeat(column)}`);
    return term.length <= termWidth
      ? start.padEnd(column) + below
      : `${start}\n${" ".repeat(column)}${below}`;
  },
};
