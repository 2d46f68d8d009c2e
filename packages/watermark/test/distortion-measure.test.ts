import { describe, expect, it } from "vitest";
import { distortion, klDivergence, type ProfileInput } from "../src";
import { proxyFromLogits } from "../src/proxy/proxy-lm";
import { makeRandom, markovModel } from "./support/language-model";

describe("klDivergence", () => {
  it("is worked out by hand", () => {
    const [q, p] = [
      [0.5, 0.5, 0],
      [0.25, 0.5, 0.25],
    ].map((row) => row.map(Math.log));
    expect(klDivergence(q!, p!)).toBeCloseTo(0.5 * Math.log(2), 12);
    expect(klDivergence(p!, q!)).toBe(Number.POSITIVE_INFINITY);
    expect(klDivergence([3, 1, 2], [13, 11, 12])).toBe(0);
  });

  it("refuses rows that give no distribution, or different ones", () => {
    expect(() => klDivergence([0, 1], [0])).toThrow("as many marked logits as unmarked");
    expect(() => klDivergence([], [])).toThrow("at least 1, got 0 and 0");
    expect(() => klDivergence([Number.NaN, 1], [0, 1])).toThrow("no distribution");
    expect(() => klDivergence([0, 1], [0, Number.POSITIVE_INFINITY])).toThrow("no distribution");
    expect(() => klDivergence([-Infinity, -Infinity], [0, 1])).toThrow("no distribution");
    expect(() => klDivergence(5 as never, [0])).toThrow("marked must be a list");
  });
});

describe("distortion", () => {
  const size = 40;
  const model = markovModel(size, 9, 0.8);
  const texts = [3, 1, 4].map((last) => [9, 8, 7, 6, 5, 2, last]);
  const options = { model, texts, keys: 400 };
  const measure = (fields: object) =>
    distortion({ vocab_size: size, ...fields } as ProfileInput, {
      ...options,
      random: makeRandom(12),
    });
  const entropy =
    texts.reduce((sum, text) => {
      const weights = Array.from(model(text), Math.exp);
      const total = weights.reduce((a, b) => a + b);
      return sum - weights.reduce((all, w) => all + (w / total) * Math.log(w / total), 0);
    }, 0) / texts.length;

  it("is noise over keys for schemes without distortion, and more than noise for a bias", async () => {
    for (const fields of [
      { scheme: "unbiased" },
      { scheme: "unbiased", reweight: "delta" },
      { scheme: "dip" },
      { scheme: "exp" },
    ]) {
      const { overKeys, noise } = await measure(fields);
      expect(overKeys, JSON.stringify(fields)).toBeLessThan(2 * noise); // over 40 seeds the ratio is 1.0 ± 0.25
    }
    const biased = await measure({ scheme: "kgw", bias: 5 });
    expect(biased.overKeys).toBeGreaterThan(4 * biased.noise);
  });

  it("per key is at most ln 2 for DiP, and the entropy where the key draws the token", async () => {
    expect((await measure({ scheme: "unbiased" })).perKey).toBeLessThanOrEqual(Math.LN2);
    const [soft, full] = [await measure({ scheme: "dip" }), await measure({ scheme: "unbiased" })];
    expect(soft.perKey).toBeLessThan(full.perKey);
    expect((await measure({ scheme: "dip", alpha: 0 })).perKey).toBeCloseTo(0, 5);
    const drawn = await measure({ scheme: "unbiased", reweight: "delta" });
    expect(Math.abs(drawn.perKey - entropy)).toBeLessThan(0.15);
  });

  it("takes schemes with a payload and an asynchronous proxy", async () => {
    const profile = {
      scheme: "ctwl-balance",
      vocab_size: size,
      message_bits: 4,
      message_code_len: 4,
      encode_ratio: 10,
      lm_prefix_len: 2,
    } as const;
    const proxy = proxyFromLogits("same", size, async (ids) => model(ids));
    const own = { ...options, keys: 20, random: makeRandom(1), proxy };
    expect((await distortion(profile, own)).perKey).toBeGreaterThan(0.01);
  });

  it("refuses what is wrong with its options, and stops", async () => {
    const random = makeRandom(1);
    const of = (fields: object) =>
      distortion({ scheme: "dip", vocab_size: size }, { ...options, random, ...fields } as never);
    await expect(of({ texts: [] })).rejects.toThrow("needs at least 1 text, got 0");
    await expect(of({ keys: 0 })).rejects.toThrow("keys");
    await expect(of({ key: 1 })).rejects.toThrow("key");
    await expect(of({ model: undefined })).rejects.toThrow("model must be a function");
    await expect(of({ random: 5 })).rejects.toThrow("random must be a function");
    await expect(of({ model: () => new Float32Array(3) })).rejects.toThrow("vocab_size is 40");
    await expect(of({ signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
