import { real } from "../errors";
/** @file Edits of text that a reader hardly notices. */
import { lookAlikeOf } from "../text/homoglyphs";
import type { Random } from "./token-attacks";

/** Replaces a share of the letters with look-alikes from other alphabets, where such exist. */
export function swapHomoglyphs(text: string, rate: number, random: Random): string {
  real("swapHomoglyphs", "rate", rate, { min: 0, max: 1 });
  return Array.from(text, (letter) =>
    random() < rate ? (lookAlikeOf(letter) ?? letter) : letter,
  ).join("");
}

/** Changes the case of a share of the words to lower or upper. */
export function foldCase(
  text: string,
  rate: number,
  random: Random,
  to: "lower" | "upper" = "lower",
): string {
  real("foldCase", "rate", rate, { min: 0, max: 1 });
  return text.replace(/\p{L}+/gu, (word) => {
    if (random() >= rate) return word;
    return to === "lower" ? word.toLowerCase() : word.toUpperCase();
  });
}

/** Inserts zero-width spaces after a share of the letters. */
export function insertInvisible(text: string, rate: number, random: Random): string {
  real("insertInvisible", "rate", rate, { min: 0, max: 1 });
  return Array.from(text, (letter) => (random() < rate ? `${letter}\u200b` : letter)).join("");
}
