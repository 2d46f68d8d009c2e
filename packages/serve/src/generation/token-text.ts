import type { Tokenizer } from "@deepgrain/lm";

/** One token as log-probabilities name it. */
export interface TokenText {
  /** A part of a character is written as `bytes:\\xe2\\x82`, as the API does. */
  readonly text: string;
  /** Its bytes in UTF-8; a part of a character where the token is one. */
  readonly bytes: readonly number[];
}

/** The bytes that stand for themselves in the alphabet of byte-level BPE: `!` to `~`, `¡` to `¬`, `®` to `ÿ`. */
const isPrintable = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);

/** The alphabet of byte-level BPE: a letter for each byte, as GPT-2's encoder has it. */
function byteLetters(): Map<string, number> {
  const letters = new Map<string, number>();
  let others = 256;
  for (let byte = 0; byte < 256; byte++)
    letters.set(String.fromCodePoint(isPrintable(byte) ? byte : others++), byte);
  return letters;
}

const letters = byteLetters();
const encoder = new TextEncoder();

/** The bytes of a token whose text is no whole character, by the spelling of its vocabulary. */
function bytesOf(spelling: string, text: string): readonly number[] {
  const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(spelling);
  if (byte) return [Number.parseInt(byte[1]!, 16)];
  const spelled = Array.from(spelling, (letter) => letters.get(letter));
  return spelled.includes(undefined) ? [...encoder.encode(text)] : (spelled as number[]);
}

/**
 * Returns the text and the bytes of any token, as it reads inside a text: some tokenizers drop the space of a first token.
 * Each token is decoded once.
 */
export function tokenTexts(tokenizer: Tokenizer): (id: number) => TokenText {
  const known = new Map<number, TokenText>();
  const anchor = tokenizer.encode("a", { addSpecialTokens: false }).slice(0, 1);
  const before = tokenizer.decode(anchor);
  const find = (id: number): TokenText => {
    const whole = tokenizer.decode([...anchor, id]);
    const text = whole.startsWith(before) ? whole.slice(before.length) : tokenizer.decode([id]);
    if (!text.includes("\ufffd")) return { text, bytes: [...encoder.encode(text)] };
    const bytes = bytesOf(tokenizer.idToToken(id) ?? "", text);
    const spelled = bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
    return { text: `bytes:${spelled.join("")}`, bytes };
  };
  return (id) => {
    const found = known.get(id) ?? find(id);
    known.set(id, found);
    return found;
  };
}
