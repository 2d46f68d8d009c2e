import {
  DIGITS,
  otherRanges,
  propertyRanges,
  type Ranges,
  rangesOf,
  SPACES,
  WORD,
} from "./code-points";
import type { PatternText } from "./pattern-text";

const one = (code: number): Ranges => [[code, code]];

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

const classes: Readonly<Record<string, Ranges>> = {
  d: DIGITS,
  D: otherRanges(DIGITS),
  w: WORD,
  W: otherRanges(WORD),
  s: SPACES,
  S: otherRanges(SPACES),
};

/** The code point of `\u` after which the digits follow. */
function readCode(text: PatternText): number {
  const braces = text.takeMatch(/\{0*([0-9A-Fa-f]{1,6})\}/y);
  if (braces) {
    const code = Number.parseInt(braces[1]!, 16);
    return code > 0x10ffff ? text.fail("a code point is out of range") : code;
  }
  const four = text.takeMatch(/[0-9A-Fa-f]{4}/y);
  if (!four) return text.fail("\\u needs four hexadecimal digits");
  const high = Number.parseInt(four[0], 16);
  if (high < 0xd800 || high > 0xdbff) return high;
  const low = text.takeMatch(/\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})/y);
  if (!low) return high;
  return 0x10000 + ((high - 0xd800) << 10) + (Number.parseInt(low[1]!, 16) - 0xdc00);
}

function readProperty(text: PatternText, isNegated: boolean): Ranges {
  const name = text.takeMatch(/\{([^{}]{1,60})\}/y)?.[1];
  text.spendProperty(name ?? "");
  const ranges = name === undefined ? undefined : propertyRanges(name);
  if (!ranges) return text.fail("\\p needs the name of a Unicode property");
  return isNegated ? otherRanges(ranges) : ranges;
}

/** The code points that an escape stands for. @param isInClass where `\b` is a backspace, and `\-` a hyphen */
export function readEscape(text: PatternText, isInClass: boolean): Ranges {
  text.take("\\");
  const letter = text.next;
  const known = classes[letter];
  if (known) {
    text.take(letter);
    return known;
  }
  if (text.take("p")) return readProperty(text, false);
  if (text.take("P")) return readProperty(text, true);
  if (controls[letter] !== undefined) {
    text.take(letter);
    return one(controls[letter]);
  }
  if (isInClass && text.take("b")) return one(8);
  if (text.take("u")) return one(readCode(text));
  const byte = text.takeMatch(/x([0-9A-Fa-f]{2})/y);
  if (byte) return one(Number.parseInt(byte[1]!, 16));
  const control = text.takeMatch(/c([A-Za-z])/y);
  if (control) return one(control[1]!.charCodeAt(0) % 32);
  if (text.takeMatch(/0(?!\d)/y)) return one(0);
  if (text.matches(/[1-9k]/y)) text.fail("back-references are not supported");
  if (text.matches(/[A-Za-z0-9]/y)) text.fail(`\\${letter} is no escape`);
  return one(text.takeCode());
}

/** One item of a class. */
const readItem = (text: PatternText): Ranges =>
  text.next === "\\" ? readEscape(text, true) : one(text.takeCode());

const isCode = (ranges: Ranges) => ranges.length === 1 && ranges[0]![0] === ranges[0]![1];

/** The code points of a class, behind its opening bracket. */
export function readClass(text: PatternText): Ranges {
  const isNegated = text.take("^");
  const found: Ranges[number][] = [];
  while (!text.take("]")) {
    if (text.isAtEnd) text.fail("a class is not closed");
    const from = readItem(text);
    if (text.next !== "-" || text.matches(/-\]/y)) {
      found.push(...from);
      continue;
    }
    text.take("-");
    const to = readItem(text);
    if (!isCode(from) || !isCode(to)) {
      found.push(...from, [0x2d, 0x2d], ...to); // as without the flag `u`: the hyphen stands for itself
      continue;
    }
    if (from[0]![0] > to[0]![0]) text.fail("a range of a class is out of order");
    found.push([from[0]![0], to[0]![0]]);
  }
  const ranges = rangesOf(found);
  return isNegated ? otherRanges(ranges) : ranges;
}
