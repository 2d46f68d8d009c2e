/** @file How the characters of a JSON string are spelled: as `JSON.stringify` does, each in one way. */

/** Characters whose escape has one letter, by that letter. */
export const shortEscapes: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', "\\": "\\", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }).map(
    ([letter, character]) => [letter.charCodeAt(0), character.charCodeAt(0)],
  ),
);

const encoder = new TextEncoder();

/** The bytes of a character inside a string. */
export const spelledCode = (code: number): Uint8Array =>
  encoder.encode(JSON.stringify(String.fromCodePoint(code)).slice(1, -1));

/** The control characters that are spelled `\u00..`. */
export const hasLongEscape = (code: number): boolean =>
  code < 0x20 && ![...shortEscapes.values()].includes(code);
