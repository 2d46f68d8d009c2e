import {
  bytesCodec,
  createWatermark,
  type ProfileInput,
  type ProxyLM,
  type Watermark,
} from "@deepgrain/watermark";
import { BYTES, type Key, type Scheme } from "./names";

/** The key that stories are written with, and another. A page can hold no secret; a writer keeps its key. */
export const secrets: Record<Key, string> = {
  own: "00112233445566778899aabbccddeeff",
  wrong: "ffeeddccbbaa99887766554433221100",
};

const codec = bytesCodec(BYTES, { checksum: 0 });

/** One chunk of all bits, so that a deleted word moves no token into another chunk. */
export const profileOf = (scheme: Scheme, strength: number, vocabSize: number): ProfileInput => ({
  scheme: scheme === "balanced" ? "ctwl-balance" : "ctwl-vanilla",
  vocab_size: vocabSize,
  message_bits: codec.bits,
  message_code_len: codec.bits,
  encode_ratio: 32,
  lm_prefix_len: 2,
  bias: strength,
});

/**
 * The mark of one scheme.
 * @param options.strength what a favoured token's logit gains
 * @param options.proxy guesses the next token from the two before it; only the balanced scheme asks it
 */
export const markOf = (
  scheme: Scheme,
  { strength, key, proxy }: { strength: number; key: Key; proxy: ProxyLM },
): Watermark =>
  createWatermark(
    profileOf(scheme, strength, proxy.vocabSize),
    secrets[key],
    scheme === "balanced" ? { proxy } : {},
  );

/** The bits of a payload of one or two letters, filled up with a space. */
export const bitsOf = (payload: string): Uint8Array =>
  codec.encode(new TextEncoder().encode(payload.padEnd(BYTES)));

/** The letters that bits stand for; "·" for what is no letter. */
export const lettersOf = (bits: ArrayLike<number>): string =>
  Array.from(codec.decode(bits).value, (byte) =>
    byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·",
  )
    .join("")
    .trimEnd();
