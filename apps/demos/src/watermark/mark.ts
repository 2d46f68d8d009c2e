import {
  bytesCodec,
  createWatermark,
  type ProfileInput,
  type ProxyLM,
  type Watermark,
} from "@deepgrain/watermark";
import { bytesOf, type Key, type Scheme } from "./names";

/** The key that stories are written with, and another. A page can hold no secret; a writer keeps its key. */
export const secrets: Record<Key, string> = {
  own: "00112233445566778899aabbccddeeff",
  wrong: "ffeeddccbbaa99887766554433221100",
};

const codecOf = (bytes: number) => bytesCodec(bytes, { checksum: 0 });

/** Bits that are read together, and the tokens that carry them; two letters have one such chunk, so that no deleted word moves a token into another. */
const [CHUNK, CHUNK_TOKENS] = [16, 256];

export const profileOf = (
  scheme: Scheme,
  { strength, bits, vocabSize }: { strength: number; bits: number; vocabSize: number },
): ProfileInput => ({
  scheme: scheme === "balanced" ? "ctwl-balance" : "ctwl-vanilla",
  vocab_size: vocabSize,
  message_bits: bits,
  message_code_len: CHUNK,
  encode_ratio: (bits > CHUNK ? 1 : 2) * (CHUNK_TOKENS / CHUNK),
  lm_prefix_len: 2,
  bias: strength,
});

/**
 * The mark of one scheme.
 * @param options.strength what a favoured token's logit gains
 * @param options.payload a message as long as the one that is written or looked for
 * @param options.proxy guesses the next token from the two before it; only the balanced scheme asks it
 */
export const markOf = (
  scheme: Scheme,
  {
    strength,
    key,
    payload,
    proxy,
  }: { strength: number; key: Key; payload: string; proxy: ProxyLM },
): Watermark =>
  createWatermark(
    profileOf(scheme, { strength, bits: 8 * bytesOf(payload), vocabSize: proxy.vocabSize }),
    secrets[key],
    scheme === "balanced" ? { proxy } : {},
  );

/** The bits of a payload of one to four letters, filled up with spaces. */
export function bitsOf(payload: string): Uint8Array {
  const bytes = bytesOf(payload);
  return codecOf(bytes).encode(new TextEncoder().encode(payload.padEnd(bytes)));
}

/** The letters that bits stand for; "·" for what is no letter. */
export const lettersOf = (bits: ArrayLike<number>): string =>
  Array.from(codecOf(bits.length / 8).decode(bits).value, (byte) =>
    byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·",
  )
    .join("")
    .trimEnd();
