import { describe, expect, it } from "vitest";
import { spikeEntropy } from "../src/core/hit-rate";
import { proxyFromLogits, softmax } from "../src/proxy/proxy-lm";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, randomKey, write } from "./support/language-model";

const size = 128;
const sharp = markovModel(size, 3, 6); // half of its rows have one likely token
const proxy = proxyFromLogits("the model", size, sharp);
const key = "00112233445566778899aabbccddeeff";
const base = { scheme: "kgw", vocab_size: size, bias: 2, lm_prefix_len: 4 } as const;

const entropyOf = (ids: readonly number[]) =>
  softmax(sharp(ids)).reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);

describe("SWEET: an entropy gate", () => {
  const sweet = createWatermark({ ...base, min_entropy: 1 }, key, { proxy });

  it("leaves logits alone where the proxy is sure, and counts only the other tokens", () => {
    const text = write(sharp, [1], 300, makeRandom(5));
    const processor = sweet.createProcessor({ promptLength: 0 });
    let marked = 0;
    for (let t = 1; t < text.length; t++) {
      const before = text.slice(0, t);
      const logits = sharp(before);
      const isEdited = processor(before, logits.slice()).some((x, i) => x !== logits[i]);
      expect(isEdited).toBe(entropyOf(before.slice(-4)) >= 1);
      if (isEdited) marked++;
    }
    const { tokens } = sweet.explain(text);
    expect(tokens.filter(({ isScored }) => isScored).length).toBeLessThanOrEqual(marked);
    expect(marked).toBeLessThan(text.length / 1.2);
  });

  it("is found, and unmarked text is not, over many keys", () => {
    const random = makeRandom(7);
    let [found, alarms] = [0, 0];
    for (let i = 0; i < 60; i++) {
      const own = createWatermark({ ...base, min_entropy: 1 }, randomKey(random), { proxy });
      const text = write(sharp, [1], 150, random, own.createProcessor());
      if (own.detect(text, { alpha: 0.01 }).verdict === "found") found++;
      const plain = write(sharp, [1], 150, random);
      if (own.detect(plain, { alpha: 0.05 }).verdict === "found") alarms++;
    }
    expect(found).toBeGreaterThan(50);
    expect(alarms).toBeLessThanOrEqual(8); // 3 are expected, more than 8 come in 0.3 % of cases
  });
});

describe("EWD: weights by entropy", () => {
  it("weighs a token by the proxy's spike entropy, by hand", () => {
    // With one certain token the weight is 0; with all equally likely it is the largest.
    expect(spikeEntropy([1], 0.25, 2)).toBeCloseTo(
      1 / (1 + (0.75 * (Math.E ** 2 - 1)) / (0.75 + 0.25 * Math.E ** 2)),
      10,
    );
    const certain = proxyFromLogits("certain", size, () => [50, ...new Array(size - 1).fill(-50)]);
    const own = createWatermark({ ...base, entropy_weights: true }, key, { proxy: certain });
    expect(own.detect([1, 2, 3, 4, 5]).verdict).toBe("insufficient");
  });

  it("detects with more power than equal weights where much of the text is sure", () => {
    const random = makeRandom(11);
    const evidence = { plain: 0, weighted: 0 };
    for (let i = 0; i < 40; i++) {
      const secret = randomKey(random);
      const plain = createWatermark(base, secret);
      const weighted = createWatermark({ ...base, entropy_weights: true }, secret, { proxy });
      const text = write(sharp, [1], 150, random, plain.createProcessor());
      evidence.plain -= Math.log10(plain.detect(text).pValue);
      evidence.weighted -= Math.log10(weighted.detect(text).pValue);
    }
    expect(evidence.weighted).toBeGreaterThan(1.1 * evidence.plain);
  });

  it("raises no more alarms than it says on unmarked text", () => {
    const random = makeRandom(13);
    let alarms = 0;
    for (let i = 0; i < 100; i++) {
      const own = createWatermark({ ...base, entropy_weights: true }, randomKey(random), { proxy });
      if (own.detect(write(sharp, [1], 100, random), { alpha: 0.05 }).verdict === "found") alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(11); // 5 are expected, more than 11 come in 0.4 % of cases
  });
});

describe("profiles that look at entropy", () => {
  it("need a proxy of their vocabulary, and no published code", () => {
    expect(() => createWatermark({ ...base, min_entropy: 1 }, key)).toThrow("kgw needs a proxy LM");
    const other = proxyFromLogits("other", 5, () => new Float32Array(5));
    const weighted = { ...base, entropy_weights: true } as const;
    expect(() => createWatermark(weighted, key, { proxy: other })).toThrow("has 5 tokens");
    const published = { ...weighted, compat: "huggingface", hashing_key: 42 } as const;
    expect(() => createWatermark(published, undefined, { proxy })).toThrow(
      "do not look at entropy",
    );
  });

  it("await an asynchronous proxy on both sides", async () => {
    const later = proxyFromLogits("later", size, async (ids) => sharp(ids));
    const own = createWatermark({ ...base, min_entropy: 1 }, key, { proxy: later });
    const processor = own.createProcessor({ promptLength: 0 });
    expect(processor.isAsync!()).toBe(true);
    await processor.prepare!([1, 2]);
    expect(() => processor([1, 2], sharp([1, 2]))).not.toThrow();
    await own.prepare([1, 2, 3]);
    expect(own.detect([1, 2, 3]).scored).toBeLessThanOrEqual(2);
  });
});
