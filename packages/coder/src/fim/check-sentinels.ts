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

/** Characters that are drawn alike: bars and low lines. */
const plain = (text: string) => text.replace(/[｜│ǀ∣¦]/g, "|").replace(/[▁＿‗ˍ]/g, "_");

const pointOf = (letter: string) =>
  `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

function* placesOf(wanted: string, text: string): Generator<number> {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) yield at;
}

/** Texts that are drawn like a sentinel and written with other code points. */
const drawnAlike = (text: string, marks: readonly string[]): LookAlike[] =>
  marks.flatMap((meant) =>
    [...placesOf(plain(meant), plain(text))].flatMap((index) => {
      const found = text.slice(index, index + meant.length);
      const differences = [...meant].flatMap((letter, i) =>
        found[i] === letter ? [] : [`${pointOf(found[i]!)} instead of ${pointOf(letter)}`],
      );
      return differences.length === 0
        ? []
        : [{ index, found, meant, differences: [...new Set(differences)] }];
    }),
  );

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
  const alike = drawnAlike(text, marks);
  const others = ofOthers(text, marks).filter(
    ({ index }) => !alike.some((each) => each.index === index),
  );
  return [...alike, ...others].sort((a, b) => a.index - b.index);
}
