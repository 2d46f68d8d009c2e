import { describe, expect, it } from "vitest";
import { createWatermark } from "../src/core/create-watermark";
import type { ProfileInput } from "../src/core/profile";
import { proxyFromLogits } from "../src/proxy/proxy-lm";
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
