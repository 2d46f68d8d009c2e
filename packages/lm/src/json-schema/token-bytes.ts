import type { Tokenizer } from "../tokenizer";
import { byteToCharacter } from "../tokenizer/byte-alphabet";

const encoder = new TextEncoder();

/** The byte of each character of the byte alphabet. */
const byteOf = new Map(byteToCharacter.map((character, byte) => [character, byte]));

/** The part of a tokenizer that tells the bytes of tokens. */
export type SpellingTokenizer = Pick<
  Tokenizer,
  "decode" | "encode" | "vocabSize" | "specialTokens" | "tokenToId" | "idToToken" | "eosTokenId"
>;

/**
 * Returns the bytes of any token as it reads inside a text, undefined for special tokens, ids without a token, and tokens that
 * are no text.
 */
export function tokenBytes(tokenizer: SpellingTokenizer): (id: number) => Uint8Array | undefined {
  const special = new Set(tokenizer.specialTokens);
  const anchor = tokenizer.encode("a", { addSpecialTokens: false }).slice(0, 1);
  const before = tokenizer.decode(anchor);
  const textOf = (id: number): string => {
    const whole = tokenizer.decode([...anchor, id]);
    return whole.startsWith(before) ? whole.slice(before.length) : tokenizer.decode([id]);
  };
  const space = tokenizer.tokenToId("Ġ");
  const hasByteAlphabet = space !== undefined && textOf(space) === " ";
  return (id) => {
    const spelling = tokenizer.idToToken(id);
    if (spelling === undefined || special.has(spelling)) return undefined;
    if (hasByteAlphabet) {
      const bytes = Array.from(spelling, (character) => byteOf.get(character));
      if (!bytes.includes(undefined)) return Uint8Array.from(bytes as number[]);
    } else {
      const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(spelling);
      if (byte) return Uint8Array.of(Number.parseInt(byte[1]!, 16));
    }
    const text = textOf(id);
    return text === "" || text.includes("\ufffd") ? undefined : encoder.encode(text);
  };
}
