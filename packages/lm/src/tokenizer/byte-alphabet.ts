/**
 * @file The byte alphabet of byte-level BPE: every byte has a printable character, so that any text is a
 * string over 256 characters. Printable Latin-1 bytes stand for themselves; the others take U+0100 onwards.
 * Source: GPT-2 (Radford et al. 2019) and its released `encoder.py`.
 */

const isPrintable = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** The character of each byte, 256 entries. */
export const byteToCharacter: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(isPrintable(byte) ? byte : next++),
  );
})();

/** All bytes in the order of their characters: the order in which vocabularies list them. */
export const bytesInAlphabetOrder: readonly number[] = Array.from(
  { length: 256 },
  (_, byte) => byte,
).sort((a, b) => byteToCharacter[a]!.charCodeAt(0) - byteToCharacter[b]!.charCodeAt(0));

/** Writes a string of raw bytes (one character U+0000–U+00FF per byte) in the byte alphabet. */
export function toByteAlphabet(binary: string): string {
  let text = "";
  for (let i = 0; i < binary.length; i++) text += byteToCharacter[binary.charCodeAt(i)]!;
  return text;
}
