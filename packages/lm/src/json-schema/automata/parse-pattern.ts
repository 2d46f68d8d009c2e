import type { Budget } from "@deepgrain/support";
import { ALL, LINE_ENDS, otherRanges, type Ranges, rangesOf } from "./code-points";
import type { Pattern } from "./pattern";
import { PatternText } from "./pattern-text";
import { readClass, readEscape } from "./read-escape";

/** Groups inside one another. */
const MOST_NESTED = 100;

const ANY_BUT_LINE_ENDS: Ranges = otherRanges(LINE_ENDS);

/** Reads a disjunction, up to a closing bracket or the end. */
function readChoice(text: PatternText, depth: number): Pattern {
  if (depth > MOST_NESTED) text.fail(`groups may be nested ${MOST_NESTED} times`);
  const parts: Pattern[] = [readSequence(text, depth)];
  while (text.take("|")) parts.push(readSequence(text, depth));
  return parts.length === 1 ? parts[0]! : { kind: "choice", parts };
}

function readSequence(text: PatternText, depth: number): Pattern {
  const parts: Pattern[] = [];
  while (!text.isAtEnd && text.next !== "|" && text.next !== ")") {
    const part = readPart(text, depth);
    parts.push(readRepeat(text, part));
  }
  return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
}

const isAssertion = ({ kind }: Pattern) =>
  kind === "start" || kind === "end" || kind === "boundary" || kind === "ahead";

/** A quantifier, if there is one. Whether it is greedy changes no language. */
function readRepeat(text: PatternText, part: Pattern): Pattern {
  const bounds = readBounds(text);
  if (!bounds) return part;
  if (isAssertion(part)) text.fail("an assertion cannot be repeated");
  const [min, max] = bounds;
  if (min > max) text.fail("numbers out of order in a quantifier");
  text.take("?");
  return { kind: "repeat", part, min, max };
}

function readBounds(text: PatternText): [number, number] | undefined {
  if (text.take("*")) return [0, Infinity];
  if (text.take("+")) return [1, Infinity];
  if (text.take("?")) return [0, 1];
  const braces = text.takeMatch(/\{(\d+)(,(\d*))?\}/y);
  if (!braces) return undefined;
  const min = Number(braces[1]);
  if (braces[2] === undefined) return [min, min];
  return [min, braces[3] === "" ? Infinity : Number(braces[3])];
}

/** A character, a class, a group or an assertion. */
function readPart(text: PatternText, depth: number): Pattern {
  if (text.take("^")) return { kind: "start" };
  if (text.take("$")) return { kind: "end" };
  if (text.take("\\b")) return { kind: "boundary", isNegated: false };
  if (text.take("\\B")) return { kind: "boundary", isNegated: true };
  if (text.take(".")) return { kind: "set", ranges: ANY_BUT_LINE_ENDS };
  if (text.take("[")) return { kind: "set", ranges: readClass(text) };
  if (text.next === "(") return readGroup(text, depth);
  if (text.next === "\\") return { kind: "set", ranges: readEscape(text, false) };
  if (/^[*+?]$/.test(text.next)) text.fail("nothing to repeat");
  if (text.matches(/\{\d*(,\d*)?\}/y)) text.fail("nothing to repeat");
  const code = text.takeCode();
  return { kind: "set", ranges: [[code, code]] };
}

function readGroup(text: PatternText, depth: number): Pattern {
  for (const isNegated of [false, true])
    if (text.take(isNegated ? "(?!" : "(?="))
      return { kind: "ahead", part: readInside(text, depth), isNegated };
  if (text.matches(/\(\?<[=!]/y)) text.fail("look-behind is not supported");
  if (text.take("(?:") || text.takeMatch(/\(\?<[A-Za-z_$][\w$]*>/y)) return readInside(text, depth);
  if (text.matches(/\(\?/y)) text.fail("a group of this kind is not supported");
  text.take("(");
  return readInside(text, depth);
}

function readInside(text: PatternText, depth: number): Pattern {
  const inner = readChoice(text, depth + 1);
  if (!text.take(")")) text.fail("a group is not closed");
  return inner;
}

/**
 * Reads a regular expression of ECMAScript with the flag `u`; besides, escapes of punctuation and single closing brackets stand
 * for themselves, as they do without the flag.
 *
 * @param budget a step is a character; each Unicode property costs 100,000
 * @param fail throws the error of an expression that is malformed, or has what is not supported: back-references, look-behind
 * @see ECMA-262, section 22.2.1
 */
export function parsePattern(
  source: string,
  budget: Budget,
  fail: (what: string) => never,
): Pattern {
  const text = new PatternText(source, budget, fail);
  const pattern = readChoice(text, 0);
  if (!text.isAtEnd) text.fail("a closing bracket has no group");
  return pattern;
}

/** The texts in which an expression is found: anything may stand before it. */
export const foundAnywhere = (part: Pattern): Pattern => ({
  kind: "sequence",
  parts: [{ kind: "repeat", part: { kind: "set", ranges: ALL }, min: 0, max: Infinity }, part],
});

/** The pattern of some texts. */
export const wordsPattern = (words: readonly string[]): Pattern => ({
  kind: "sequence",
  parts: [{ kind: "start" }, { kind: "choice", parts: words.map(wordPattern) }, { kind: "end" }],
});

const wordPattern = (word: string): Pattern => ({
  kind: "sequence",
  parts: Array.from(word, (character) => {
    const code = character.codePointAt(0)!;
    return { kind: "set", ranges: rangesOf([[code, code]]) };
  }),
});
