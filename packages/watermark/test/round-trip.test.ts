import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProfileInput } from "../src/profile";
import { proxyFromLogits } from "../src/proxy/proxy-lm";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, randomBits, randomKey, write } from "./support/language-model";

const size = 256;
const model = markovModel(size, 5);
const proxy = proxyFromLogits("same", size, (ids) => model(ids));

const schemes: ProfileInput[] = [
  { scheme: "kgw", vocab_size: size },
  { scheme: "kgw", vocab_size: size, hard: true },
  { scheme: "kgw", vocab_size: size, seeding_scheme: "selfhash" },
  { scheme: "kgw", vocab_size: size, seeding_scheme: "minhash" },
  { scheme: "kgw", vocab_size: size, seeding_scheme: "additive", context_width: 2 },
  { scheme: "kgw", vocab_size: size, seeding_scheme: "skipgram" },
  { scheme: "unigram", vocab_size: size },
  { scheme: "exp", vocab_size: size },
  { scheme: "synthid", vocab_size: size },
  { scheme: "unbiased", vocab_size: size },
  { scheme: "unbiased", vocab_size: size, reweight: "delta" },
  { scheme: "dip", vocab_size: size },
  { scheme: "synthid", vocab_size: size, detector: "mean", num_leaves: 3 },
  { scheme: "mpac", vocab_size: size, message_bits: 8, bias: 3 },
  { scheme: "mpac", vocab_size: size, message_bits: 9, bias: 3, seeding_scheme: "selfhash" },
  {
    scheme: "mpac",
    vocab_size: size,
    message_bits: 12,
    bias: 3,
    feedback: { bias: 2, eta: 2, tau: 2 },
  },
  { scheme: "rs-segment", vocab_size: size, message_bits: 12 },
  {
    scheme: "ctwl-vanilla",
    vocab_size: size,
    message_bits: 8,
    message_code_len: 8,
    encode_ratio: 25,
    bias: 3,
  },
  {
    scheme: "ctwl-balance",
    vocab_size: size,
    message_bits: 8,
    message_code_len: 8,
    encode_ratio: 25,
    bias: 3,
  },
  {
    scheme: "ctwl-balance",
    vocab_size: size,
    message_bits: 8,
    message_code_len: 8,
    encode_ratio: 25,
    bias: 3,
    message_model_strategy: "max_confidence",
  },
  {
    scheme: "ctwl-vanilla",
    vocab_size: size,
    message_bits: 10,
    message_code_len: 4,
    encode_ratio: 25,
    bias: 3,
  },
];

describe("every scheme", () => {
  for (const input of schemes)
    it(`finds its own mark and no other: ${JSON.stringify(input)}`, () => {
      const random = makeRandom(11);
      const key = randomKey(random);
      const watermark = createWatermark(input, key, { proxy });
      const payload = watermark.messageBits ? randomBits(watermark.messageBits, random) : undefined;
      const processor = watermark.createProcessor(payload ? { payload } : {});
      const marked = write(model, [3, 1, 4], 300, random, processor);
      const plain = write(model, [3, 1, 4], 300, random);
      const found = watermark.detect(marked);
      expect(found.verdict).toBe("found");
      const other = createWatermark(input, randomKey(random), { proxy });
      expect(watermark.detect(plain).pValue).toBeGreaterThan(1e-3);
      expect(other.detect(marked).pValue).toBeGreaterThan(1e-3);
      if (payload) expect([...watermark.decode(marked).bits]).toEqual([...payload]);
      const again = createWatermark(JSON.parse(JSON.stringify(watermark.profile)), key, { proxy });
      expect(again.profile).toEqual(watermark.profile);
      expect(again.detect(marked)).toEqual(found);
    });
});

describe("payloads", () => {
  const anyProfile = fc.oneof(
    fc.record({
      scheme: fc.constant("mpac" as const),
      message_bits: fc.integer({ min: 1, max: 24 }),
      radix: fc.constantFrom(2, 4),
      seeding_scheme: fc.constantFrom("lefthash" as const, "selfhash" as const),
    }),
    fc.record({
      scheme: fc.constant("rs-segment" as const),
      message_bits: fc.integer({ min: 3, max: 20 }),
    }),
    fc.record({
      scheme: fc.constantFrom("ctwl-vanilla" as const, "ctwl-balance" as const),
      message_bits: fc.integer({ min: 1, max: 10 }),
      message_code_len: fc.integer({ min: 1, max: 8 }),
      encode_ratio: fc.constant(18),
      lm_prefix_len: fc.nat(5),
      random_permutation_num: fc.integer({ min: 50, max: 200 }),
      after_last_chunk: fc.constantFrom("stop" as const, "repeat" as const, "wrap" as const),
    }),
  );

  it("come back from texts written with a strong mark, whatever profile, key and payload", () => {
    const flat = markovModel(128, 4, 0.3);
    const flatProxy = proxyFromLogits("flat", 128, (ids) => flat(ids));
    fc.assert(
      fc.property(anyProfile, fc.nat(), ({ ...fields }, seed) => {
        const random = makeRandom(seed);
        if (fields.scheme === "ctwl-vanilla")
          delete (fields as { random_permutation_num?: number }).random_permutation_num;
        const profile = { ...fields, vocab_size: 128, bias: 20 } as ProfileInput;
        const watermark = createWatermark(profile, randomKey(random), { proxy: flatProxy });
        const payload = randomBits(watermark.messageBits, random);
        const processor = watermark.createProcessor({ payload });
        const text = write(flat, [1, 2, 3, 4], 260, random, processor);
        const decoded = watermark.decode(text);
        expect(decoded.bits).toEqual(payload);
        expect(decoded.candidates[0]!.bits).toEqual(payload);
        expect(Math.min(...decoded.bitConfidence)).toBeGreaterThan(0.5);
        expect(Math.max(...decoded.bitConfidence)).toBeLessThanOrEqual(1);
        const rivals = [payload, payload.map((bit) => 1 - bit)];
        expect(watermark.decode(text, { candidates: rivals }).bits).toEqual(payload);
      }),
      { numRuns: 12, seed: 7 },
    );
  });
});
