/**
 * @file Translates JavaScript's regular expressions (flags `gu`) to RE2's syntax; expressions without an exact
 *   equivalent are rejected.
 */

const highest = 0x10ffff;
const known = new Map<string, string>();

/** The code points that a JavaScript class matches, as ranges inside an RE2 class. */
function rangesOf(classText: string): string {
  const found = known.get(classText);
  if (found !== undefined) return found;
  const expression = new RegExp(classText, "u");
  let ranges = "";
  let first = -1;
  for (let point = 0; point <= highest + 1; point++) {
    const isIn = point <= highest && expression.test(String.fromCodePoint(point));
    if (isIn && first < 0) first = point;
    if (isIn || first < 0) continue;
    ranges += `\\x{${first.toString(16)}}-\\x{${(point - 1).toString(16)}}`;
    first = -1;
  }
  known.set(classText, ranges);
  return ranges;
}

const literal = (point: number) => `\\x{${point.toString(16)}}`;

/** How the tokenizers library writes anchors of lines and texts, and how RE2 does. */
const anchors: readonly (readonly [string, string])[] = [
  ["(?:(?<![\\s\\S])|(?<=\\n))", "(?m:^)"],
  ["(?:(?=\\n)|(?![\\s\\S]))", "(?m:$)"],
  ["(?<![\\s\\S])", "\\A"],
  ["(?![\\s\\S])", "\\z"],
];

const escapes =
  /^\\(?:([pP])\{([^}]*)\}|u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|c([A-Za-z])|([dDwWsS])|([tnvfr0])|([bB])|([\^$\\.*+?()[\]{}|/-]))/;
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/** One escape sequence. @throws {Error} for one that has no equivalent in RE2 */
function translateEscape(text: string, isInClass: boolean): { length: number; written: string } {
  const match = escapes.exec(text);
  if (!match) throw new Error(`${text.slice(0, 2)} has no equal that takes linear time`);
  const [whole, property, name, braced, unit, byte, control, kind, named, boundary, sign] = match;
  const length = whole.length;
  if (property || kind) {
    const ranges = rangesOf(property ? `\\${property}{${name}}` : whole);
    return { length, written: isInClass ? ranges : `[${ranges}]` };
  }
  if (boundary) {
    if (isInClass) throw new Error(`${whole} inside a class has no equal`);
    return { length, written: whole };
  }
  if (sign) return { length, written: literal(sign.codePointAt(0)!) };
  const hexadecimal = braced ?? unit ?? byte;
  if (hexadecimal) return { length, written: literal(Number.parseInt(hexadecimal, 16)) };
  return { length, written: literal(control ? control.charCodeAt(0) % 32 : controls[named!]!) };
}

/** A group's beginning, `(`, `(?:` or `(?<name>`. @throws {Error} for lookaround */
function translateGroup(text: string): { length: number; written: string } {
  if (text.startsWith("(?:")) return { length: 3, written: "(?:" };
  const name = /^\(\?<([A-Za-z_]\w*)>/.exec(text);
  if (name) return { length: name[0].length, written: `(?P<${name[1]}>` };
  if (text.startsWith("(?")) throw new Error("looking ahead or behind takes more than linear time");
  return { length: 1, written: "(" };
}

function translateAt(source: string, at: number, isInClass: boolean) {
  const rest = source.slice(at, at + 64);
  const character = String.fromCodePoint(source.codePointAt(at)!);
  if (!isInClass)
    for (const [own, written] of anchors)
      if (rest.startsWith(own)) return { length: own.length, written };
  if (character === "\\") return translateEscape(rest, isInClass);
  if (!isInClass && character === "(") return translateGroup(rest);
  if (!isInClass && character === ".") return { length: 1, written: "[^\\n\\r\\x{2028}\\x{2029}]" };
  const isSyntax = isInClass ? "^-".includes(character) : "^$*+?)[]{}|,".includes(character);
  if (isSyntax || /[0-9A-Za-z ]/.test(character)) return { length: 1, written: character };
  return { length: character.length, written: literal(character.codePointAt(0)!) };
}

/**
 * A JavaScript pattern of flag `u` in RE2's syntax. Classes become ranges of code points, so that both engines agree about
 * Unicode.
 *
 * @throws {Error} when it uses lookaround, backreferences, or anything else that cannot run in linear time
 */
export function translatePattern(source: string): string {
  let isInClass = false;
  let written = "";
  for (let at = 0; at < source.length; ) {
    const character = source[at]!;
    if (isInClass ? character === "]" : character === "[") {
      isInClass = !isInClass;
      const isNegated = isInClass && source[at + 1] === "^";
      if (isInClass && source[at + (isNegated ? 2 : 1)] === "]")
        throw new Error("an empty class has no equal");
      written += isNegated ? "[^" : character;
      at += isNegated ? 2 : 1;
      continue;
    }
    const part = translateAt(source, at, isInClass);
    written += part.written;
    at += part.length;
  }
  return written;
}
