import { describe, expect, it } from "vitest";
import type { ProfileInput } from "../src/profile";
import { softmax } from "../src/proxy/proxy-lm";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, randomKey } from "./support/language-model";

const logits = [2, 1.5, 1, 0.5, 0, 0, -0.5, -1, -2, -3];
const size = logits.length;

describe("schemes without distortion", () => {
  for (const profile of [
    { scheme: "synthid", vocab_size: size },
    { scheme: "synthid", vocab_size: size, depth: 40 },
    { scheme: "exp", vocab_size: size },
  ] as ProfileInput[])
    it(`give the model's distribution on average over keys: ${JSON.stringify(profile)}`, () => {
      const random = makeRandom(41);
      const keys = 2000;
      const mean = new Float64Array(size);
      for (let i = 0; i < keys; i++) {
        const processor = createWatermark(profile, randomKey(random)).createProcessor();
        const marked = softmax(processor([1, 2, 3, 4, 5], Float32Array.from(logits)));
        marked.forEach((p, v) => {
          mean[v]! += p / keys;
        });
      }
      const plain = softmax(logits);
      const distance = mean.reduce((sum, p, v) => sum + Math.abs(p - plain[v]!), 0);
      expect(distance).toBeLessThan(0.08);
    });

  it("with more than two leaves distort, as the closed form says", () => {
    const random = makeRandom(42);
    let sharper = 0;
    for (let i = 0; i < 200; i++) {
      const profile = { scheme: "synthid", vocab_size: size, num_leaves: 4, depth: 1 } as const;
      const processor = createWatermark(profile, randomKey(random)).createProcessor();
      const marked = softmax(processor([1], Float32Array.from(logits)));
      expect(marked.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      const plain = softmax(logits);
      sharper += marked.reduce((sum, p, v) => sum + Math.abs(p - plain[v]!), 0);
    }
    expect(sharper / 200).toBeGreaterThan(0.3);
  });

  it("leave a context that came before to the sampler", () => {
    for (const scheme of ["exp", "synthid"] as const) {
      const watermark = createWatermark({ scheme, vocab_size: size }, new Uint8Array(16));
      const processor = watermark.createProcessor({ promptLength: 0 });
      const again = [1, 2, 3, 4, 5, 6, 1, 2, 3, 4];
      expect([...processor(again, Float32Array.from(logits))]).toEqual(logits);
      const fresh = [1, 2, 3, 4, 5, 6, 1, 2, 3, 7];
      expect([...processor(fresh, Float32Array.from(logits))]).not.toEqual(logits);
    }
  });
});
