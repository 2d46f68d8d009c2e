import { textOf } from "../errors";
import { type SentinelFamily, sentinels } from "./sentinels";
import { listOf, sentinelsOf } from "./sentinels-of";

/** A text that looks like a sentinel of a family and is none. */
export interface LookAlike {
  /** Offset in UTF-16 units. */
  readonly index: number;
  readonly found: string;
  /** The sentinel that was probably meant. */
  readonly meant: string;
  /** Where the two differ, as `U+007C instead of U+FF5C`, or whose sentinel was found. */
  readonly differences: readonly string[];
}

/** A mark in angle brackets on one line, by its letters alone. */
const marked = /<[^<>\r\n]{2,24}>/g;

const lettersOf = (mark: string) => mark.replace(/[^\p{L}]/gu, "").toLowerCase();

const pointOf = (letter: string) =>
  `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

/** Where a mark differs from the one that was meant. */
function differencesOf(found: string, meant: string): string[] {
  const [given, wanted] = [[...found], [...meant]];
  if (given.length !== wanted.length) {
    const missing = [...wanted];
    const surplus = given.filter((letter) => {
      const at = missing.indexOf(letter);
      if (at >= 0) missing.splice(at, 1);
      return at < 0;
    });
    const lacking = [...new Set(missing)].map((letter) => `${pointOf(letter)} is missing`);
    if (given.length < wanted.length) return lacking;
    return [...lacking, ...[...new Set(surplus)].map((letter) => `${pointOf(letter)} is too much`)];
  }
  const pairs = wanted.flatMap((letter, i) =>
    given[i] === letter ? [] : [`${pointOf(given[i]!)} instead of ${pointOf(letter)}`],
  );
  return [...new Set(pairs)];
}

/** Marks with the letters of a sentinel that are written with other code points. */
const drawnAlike = (text: string, marks: readonly string[]): LookAlike[] =>
  [...text.matchAll(marked)].flatMap(({ 0: found, index }) => {
    const meant = marks.find((mark) => lettersOf(mark) === lettersOf(found));
    if (meant === undefined || marks.includes(found)) return [];
    return [{ index, found, meant, differences: differencesOf(found, meant) }];
  });

function* placesOf(wanted: string, text: string): Generator<number> {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) yield at;
}

/** Sentinels of other families, which mean nothing to this one. */
const ofOthers = (text: string, marks: readonly string[]): LookAlike[] =>
  Object.entries(sentinels).flatMap(([name, other]) =>
    listOf(other).flatMap((found, role) =>
      marks.includes(found) || marks[role] === undefined
        ? []
        : [...placesOf(found, text)].map((index) => ({
            index,
            found,
            meant: marks[role]!,
            differences: [`a sentinel of ${name}`],
          })),
    ),
  );

/**
 * Finds texts that look like sentinels but are not those of the family: written with other code points, such as an ASCII bar
 * for U+FF5C, or of another family. A tokenizer reads them as plain text, and the model then completes badly without an error.
 *
 * @param text a prompt, a template or a document
 * @param family default `"deepseek"`
 * @returns in the order of the text; empty if all is right
 */
export function checkSentinels(text: string, family: SentinelFamily = "deepseek"): LookAlike[] {
  const marks = listOf(sentinelsOf("checkSentinels", family));
  textOf("checkSentinels", "text", text);
  const alike = drawnAlike(text, marks);
  const others = ofOthers(text, marks).filter(
    ({ index }) => !alike.some((each) => each.index === index),
  );
  return [...alike, ...others].sort((a, b) => a.index - b.index);
}
