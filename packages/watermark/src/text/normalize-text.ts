import { optionsOf, refuseUnknown, textOf } from "../errors";

import { canonicaliseHomoglyphs } from "./homoglyphs";

/** Which steps `normalizeText` takes. */
export interface NormalizeOptions {
  /** NFKC: ligatures, full-width forms, composed accents. Default true. */
  unicode?: boolean | undefined;
  /** Removes zero-width and other invisible characters, and replaces unusual spaces with plain ones. Default true. */
  invisible?: boolean | undefined;
  /** Replaces look-alike letters of other alphabets inside Latin words with Latin ones. Default true. */
  homoglyphs?: boolean | undefined;
  /** Collapses runs of spaces into one and removes spaces at line ends. Default false. */
  whitespace?: boolean | undefined;
  /** Restores case: words in capitals become lower case, sentences start with upper case. Default false. */
  trueCase?: boolean | undefined;
}

/** Lower-cases words in capitals and starts sentences with upper case; words with mixed case are unchanged. */
function restoreCase(text: string): string {
  const calm = text.replace(/\p{Lu}{2,}/gu, (word) => word.toLowerCase());
  return calm.replace(
    /(^|[.!?]\s+)(\p{Ll})/gu,
    (_, before, letter) => before + letter.toUpperCase(),
  );
}

/**
 * Undoes edits that change tokens but not what a reader sees. Run it before the tokenizer, on the
 * detecting side only; text that was never edited passes unchanged when the generator writes plain
 * Unicode.
 *
 * @see Kirchenbauer et al. 2023 (2306.04634), text normalisers
 */
export function normalizeText(text: string, options: NormalizeOptions = {}): string {
  textOf("normalizeText", "text", text);
  const {
    unicode = true,
    invisible = true,
    homoglyphs = true,
    whitespace,
    trueCase,
    ...rest
  } = optionsOf("normalizeText", options);
  refuseUnknown("normalizeText", rest);
  let clean = text;
  if (invisible)
    clean = clean
      .replace(/\p{Cf}|\u034f|[\u115f\u1160\u3164\uffa0]|\u17b4|\u17b5|[\ufe00-\ufe0f]/gu, "")
      .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, " ");
  if (unicode) clean = clean.normalize("NFKC");
  if (homoglyphs) clean = canonicaliseHomoglyphs(clean);
  if (whitespace) clean = clean.replace(/[ \t]+/g, " ").replace(/ +$/gm, "");
  if (trueCase) clean = restoreCase(clean);
  return clean;
}
