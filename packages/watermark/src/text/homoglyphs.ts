/** @file Letters of other alphabets that look like Latin ones. */
import { textOf } from "../errors";

/** Latin letter -> look-alikes, the most common first (Cyrillic, Greek, Armenian, others). */
const lookAlikes: Record<string, string> = {
  a: "аα",
  c: "сϲ",
  d: "ԁ",
  e: "еҽ",
  g: "ɡ",
  h: "һհ",
  i: "іι",
  j: "јϳ",
  l: "ӏ",
  n: "ո",
  o: "оοօ",
  p: "рρ",
  q: "ԛ",
  s: "ѕ",
  u: "սυ",
  v: "ѵν",
  w: "ԝ",
  x: "хχ",
  y: "уγ",
  A: "АΑ",
  B: "ВΒ",
  C: "СϹ",
  E: "ЕΕ",
  G: "Ԍ",
  H: "НΗ",
  I: "ІΙӀ",
  J: "Ј",
  K: "КΚ",
  M: "МΜ",
  N: "Ν",
  O: "ОΟՕ",
  P: "РΡ",
  S: "Ѕ",
  T: "ТΤ",
  V: "Ѵ",
  W: "Ԝ",
  X: "ХΧ",
  Y: "ҮΥ",
  Z: "Ζ",
};

/** The most common look-alike of a Latin letter, if there is one. */
export const lookAlikeOf = (letter: string): string | undefined => lookAlikes[letter]?.[0];

const toLatin = new Map(
  Object.entries(lookAlikes).flatMap(([latin, others]) =>
    Array.from(others, (other) => [other, latin] as const),
  ),
);

/** Replaces look-alikes in words that also have Latin letters; words entirely in another alphabet do not change. */
export function canonicaliseHomoglyphs(text: string): string {
  textOf("canonicaliseHomoglyphs", "text", text);
  return text.replace(/[\p{L}\p{M}]+/gu, (word) => {
    const letters = Array.from(word);
    const isMixed = letters.some((letter) => /[A-Za-z]/.test(letter));
    const isAllLookAlike = letters.every((letter) => toLatin.has(letter));
    if (!isMixed && !(isAllLookAlike && letters.length === 1)) return word;
    return letters.map((letter) => toLatin.get(letter) ?? letter).join("");
  });
}
