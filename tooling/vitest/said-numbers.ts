/** @file Compares the numbers in a block's end-of-line comments with what its lines print. */
import { format } from "node:util";

/** How far a number in a comment may be from what is printed. */
const TOLERANCE = 0.2;

/** Numbers that stand alone, not as part of a word such as float32. */
const NUMBERS = /(?<![\w.])[-−]?\d[\d_]*(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w%]*[A-Za-z])/g;

const numbersIn = (text: string): number[] =>
  [...text.matchAll(NUMBERS)].map(([found]) =>
    Number(found.replace("−", "-").replace(/[,_]/g, "")),
  );

const isNear = (said: number, printed: number): boolean =>
  Math.abs(said - printed) <= TOLERANCE * Math.abs(printed);

/** Whether all numbers that are said are near printed ones, in the same order; others may be printed between them. */
function areSaid(said: readonly number[], printed: readonly number[]): boolean {
  let next = 0;
  for (const number of printed) if (next < said.length && isNear(said[next]!, number)) next++;
  return next === said.length;
}

/** A line that prints and says in a comment at its end what. */
interface Saying {
  line: number;
  comment: string;
}

const LINE = /^(.*?)\bconsole\.log\((.*);\s*\/\/ (.+)$/;

/** The lines of a block that print and say what. */
function sayingsOf(code: string): Saying[] {
  return code.split("\n").flatMap((text, line) => {
    const found = LINE.exec(text);
    return found && numbersIn(found[3]!).length > 0 ? [{ line, comment: found[3]! }] : [];
  });
}

/** The output that a comment promises, print by print: without remarks behind a semicolon and the terms of a derivation. */
const printsIn = (comment: string): string[] =>
  comment
    .split("; ")[0]!
    .split(", then ")
    .map((print) => print.split(" = ").at(-1)!);

/** The name under which instrumented code finds its recorder. */
const RECORDER = "deepgrainSays";

/** A block that is to be run, and the check of what it printed. */
export interface Checked {
  code: string;
  /** @throws {Error} naming the line, its comment and what it printed last, where no print of the line is near the comment */
  check(): void;
}

/** Prepares a block so that its printing lines are recorded; what they print stays the same. */
export function checkedComments(code: string): Checked {
  const sayings = sayingsOf(code);
  const printed = new Map<number, string[]>();
  Object.assign(globalThis, {
    [RECORDER]:
      (line: number) =>
      (...values: unknown[]) => {
        printed.set(line, [...(printed.get(line) ?? []), format(...values)]);
        console.log(...values);
      },
  });
  const lines = code.split("\n");
  for (const { line } of sayings)
    lines[line] = lines[line]!.replace("console.log(", `globalThis.${RECORDER}(${line})(`);
  return {
    code: lines.join("\n"),
    check() {
      for (const { line, comment } of sayings) {
        const all = printed.get(line) ?? [];
        const isPrinted = (said: string) =>
          all.some((text) => areSaid(numbersIn(said), numbersIn(text)));
        if (all.length === 0 || printsIn(comment).every(isPrinted)) continue;
        throw new Error(
          `line ${line + 1} of the block prints "${all.at(-1)}", which its comment "${comment}" gives otherwise (by more than ${100 * TOLERANCE} %)`,
        );
      }
    },
  };
}
