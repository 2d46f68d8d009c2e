import { describe, expect, it } from "vitest";
import type { ProfileInput } from "../src/profile";
import { binomialMass, fullestChance, winChance } from "../src/statistics/win-chance";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, randomBits, randomKey, write } from "./support/language-model";

const size = 256;
/** Nearly even next tokens, so that every position is usable. */
const flat = () => new Float32Array(size);
const key = "000102030405060708090a0b0c0d0e0f";

describe("the chance that the true value has the largest count", () => {
  it("is worked out by hand for one token and one rival", () => {
    // Truth 1, rival 0: wins. Both equal: by lot.
    expect(winChance(1, 0.8, 0.3, 1)).toBeCloseTo(0.8 * 0.7 + 0.5 * (0.8 * 0.3 + 0.2 * 0.7), 12);
    expect(winChance(5, 0.4, 0.4, 3)).toBeCloseTo(0.25, 9);
    expect(winChance(0, 0.9, 0.1, 7)).toBeCloseTo(1 / 8, 12);
    // Two balls, three cells, chance ½ of the true one: both 1/4, one and a tie 1/2, none 1/4.
    expect(fullestChance(2, 0.5, 2)).toBeCloseTo(0.25 + 0.5 * 0.5, 12);
    expect(binomialMass(4, 0.5)).toBeAllclose(
      [1, 4, 6, 4, 1].map((n) => n / 16),
      { rtol: 1e-9 },
    );
  });
});

const schemes: ProfileInput[] = [
  { scheme: "kgw", vocab_size: size },
  { scheme: "unigram", vocab_size: size },
  { scheme: "mpac", vocab_size: size, message_bits: 8 },
  { scheme: "mpac", vocab_size: size, message_bits: 32 },
  { scheme: "rs-segment", vocab_size: size, message_bits: 20 },
  { scheme: "ctwl-vanilla", vocab_size: size, message_bits: 8, message_code_len: 8, top_k: 0 },
];

/** Share of keys whose text of `tokens` is found with its payload right. */
function measure(input: ProfileInput, tokens: number, keys: number): number {
  const random = makeRandom(31);
  let right = 0;
  for (let k = 0; k < keys; k++) {
    // One chunk of CTWL lasts as long as the text.
    const profile = "message_code_len" in input ? { ...input, encode_ratio: tokens / 8 } : input;
    const watermark = createWatermark(profile as ProfileInput, randomKey(random));
    const { messageBits } = watermark;
    const payload = randomBits(messageBits, random);
    const processor = watermark.createProcessor(messageBits ? { payload } : {});
    const skipped = watermark.profile.scheme.startsWith("ctwl") ? 10 : 4;
    const text = write(flat, [1, 2, 3, 4], tokens + skipped, random, processor);
    if (!messageBits) {
      if (watermark.detect(text).verdict === "found") right++;
      continue;
    }
    const decoding = watermark.decode(text);
    if (decoding.verdict === "found" && decoding.bits.join() === payload.join()) right++;
  }
  return right / keys;
}

describe("capacity", () => {
  it.each(schemes)(
    "names the tokens with which 95 % of texts succeed: $scheme $message_bits",
    (input) => {
      const { tokensNeeded } = createWatermark(input, key).capacity({ tokens: 100 });
      // 60 keys: 0.95 ± 0.028; three deviations below is 0.866. Half of the tokens must not do.
      expect(measure(input, tokensNeeded, 60)).toBeGreaterThan(0.86);
      expect(measure(input, Math.floor(tokensNeeded / 2), 60)).toBeLessThan(0.9);
    },
    60_000,
  );

  it("refuses an option that it does not have", () => {
    const own = createWatermark(
      { scheme: "kgw", vocab_size: 64 },
      "00112233445566778899aabbccddeeff",
    );
    const misspelt = { tokens: 100, spike: 0.5 } as never;
    expect(() => own.capacity(misspelt)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT", message: expect.stringContaining("spike") }),
    );
  });

  it("gives presence-only schemes no bits, and others as many as fit", () => {
    for (const scheme of ["kgw", "unigram", "exp", "synthid", "unbiased", "dip"] as const)
      expect(
        createWatermark({ scheme, vocab_size: size }, key).capacity({ tokens: 1e6 }).bits,
      ).toBe(0);
    for (const input of schemes.slice(2)) {
      const watermark = createWatermark(input, key);
      const { tokensNeeded } = watermark.capacity({ tokens: 1 });
      const bits = watermark.messageBits;
      expect(watermark.capacity({ tokens: tokensNeeded }).bits).toBeGreaterThanOrEqual(bits);
      expect(watermark.capacity({ tokens: Math.floor(tokensNeeded / 2) }).bits).toBeLessThan(bits);
      expect(() =>
        watermark.createProcessor({ payload: new Uint8Array(bits), maxTokens: 8 }),
      ).toThrow(`${bits} bits need`);
    }
  });
});
