import { byteToCharacter } from "../byte-alphabet";

const encoder = new TextEncoder();

/** A text in the alphabet of bytes. */
export function lettersOf(text: string): string {
  let letters = "";
  for (const byte of encoder.encode(text)) letters += byteToCharacter[byte]!;
  return letters;
}
