/** A source without its comments, whose strings are replaced by marks. */
export interface MaskedSource {
  /** Comments are a space, or their line breaks; a string is U+0001, its number, U+0001. */
  readonly code: string;
  /** Contents of the strings, without quotes, as written. */
  readonly strings: readonly string[];
}

/** A mark of {@link MaskedSource}, in regular expressions; the group is the string's number. */
export const STRING = "\\x01(\\d+)\\x01";

/** Writes a masked source piece by piece. */
export function masker() {
  let code = "";
  const strings: string[] = [];
  return {
    code(text: string): void {
      code += text.replaceAll("\u0001", " ");
    },
    comment(text: string): void {
      code += text.includes("\n") ? text.replace(/[^\n]+/g, "") : " ";
    },
    string(content: string): void {
      code += `\u0001${strings.length}\u0001`;
      strings.push(content);
    },
    source: (): MaskedSource => ({ code, strings }),
  };
}

/**
 * Masks comments and strings by one pattern.
 *
 * @param pattern global; a comment is a match without groups, a string one whose first group with a value is its content
 */
export function maskSource(text: string, pattern: RegExp): MaskedSource {
  const mask = masker();
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    mask.code(text.slice(from, match.index));
    const content = match.slice(1).find((group) => group !== undefined);
    if (content === undefined) mask.comment(match[0]);
    else mask.string(content);
    from = match.index + match[0].length;
  }
  mask.code(text.slice(from));
  return mask.source();
}

/** Contents of the strings whose numbers a pattern's first group finds, in the order of the text. */
export function stringsAt({ code, strings }: MaskedSource, pattern: RegExp): string[] {
  return [...code.matchAll(pattern)].flatMap(([, number]) =>
    number === undefined ? [] : [strings[Number(number)]!],
  );
}
