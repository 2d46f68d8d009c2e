import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topIndices, topRanked } from "../src/core/top-indices";
import { mix } from "../src/prf/expand";
import { createKey } from "../src/prf/key";
import { proxyFromLogits, quantise } from "../src/proxy/proxy-lm";
import { balancedHalf, heavyFirst, isInHalf } from "../src/schemes/ctwl/balance-partition";
import { balanceSplitter } from "../src/schemes/ctwl/balance-splitter";
import { chunkLayout } from "../src/schemes/ctwl/layout";
import type { CtwlBalanceProfile, CtwlVanillaProfile } from "../src/schemes/ctwl/profile";
import { tallyPlainly } from "../src/schemes/ctwl/splitter";
import { vanillaSplitter } from "../src/schemes/ctwl/vanilla-splitter";
import { createWatermark } from "../src/watermark/create-watermark";
import { validateProfile } from "../src/watermark/validate-profile";
import { makeRandom, markovModel, randomKey, write } from "./support/language-model";

const distribution = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 60 })
  .map((weights) => weights.map((w) => w ** 6))
  .filter((weights) => weights.some((w) => w > 1e-3))
  .map((weights) => {
    const sum = weights.reduce((a, b) => a + b);
    return quantise(
      Float32Array.from(weights, (w) => w / sum),
      weights.length,
    );
  });
const word = fc.nat(2 ** 32 - 1);

describe("balanced halves", () => {
  it("are the tokens whose inclusive cumulative mass reaches one half, crossing token included", () => {
    fc.assert(
      fc.property(distribution, word, word, (proxy, low, high) => {
        const size = proxy.mass.length;
        const order = Array.from({ length: size }, (_, v) => v).sort(
          (a, b) => mix(low, high, a) - mix(low, high, b) || a - b,
        );
        const isInside = balancedHalf([low, high], proxy);
        const heavy = heavyFirst(proxy);
        let sum = 0;
        let favoured = 0;
        let crossing = 0;
        for (const v of order) {
          sum += proxy.mass[v]!;
          const expected = 2 * sum >= proxy.total;
          expect(isInside(v)).toBe(expected);
          expect(isInHalf([low, high], proxy, heavy, v)).toBe(expected);
          if (!expected) continue;
          if (favoured === 0) crossing = proxy.mass[v]!;
          favoured += proxy.mass[v]!;
        }
        expect(2 * favoured).toBeGreaterThanOrEqual(proxy.total);
        expect(2 * (favoured - crossing)).toBeLessThanOrEqual(proxy.total);
      }),
    );
  });

  it("always contain a token with half of the probability", () => {
    const proxy = quantise(Float32Array.from([0.1, 0.5, 0.2, 0.2]), 4);
    for (let seed = 0; seed < 200; seed++) expect(balancedHalf([seed, 7], proxy)(1)).toBe(true);
  });
});

describe("tallies over all messages", () => {
  const random = makeRandom(1);
  const key = createKey(randomKey(random));
  const size = 40;
  const ids = Array.from({ length: 400 }, () => Math.floor(random() * size));
  const proxy = quantise(new Float32Array(size).fill(1 / size), size);

  it("agree with asking message by message, for every number of bits", () => {
    for (const bits of [1, 2, 3, 4, 7]) {
      const fields = { vocab_size: size, message_bits: bits, message_code_len: bits };
      const balance = balanceSplitter(
        validateProfile({ scheme: "ctwl-balance", ...fields }) as CtwlBalanceProfile,
        key,
      );
      const vanilla = vanillaSplitter(
        validateProfile({ scheme: "ctwl-vanilla", ...fields }) as CtwlVanillaProfile,
        key,
      );
      for (const splitter of [balance, vanilla]) {
        const votes = Array.from({ length: 260 }, (_, i) => splitter.vote(ids, i + 1, proxy));
        // Shorter last chunks use the same hash on fewer bits.
        for (const width of new Set([bits, Math.max(1, bits - 3)]))
          expect(splitter.tally(votes as never, 1, width)).toEqual(
            tallyPlainly(splitter as never, votes, 1, width),
          );
      }
    }
  });

  it("match what the embedder favours", () => {
    const profile = validateProfile({
      scheme: "ctwl-balance",
      vocab_size: size,
    }) as CtwlBalanceProfile;
    const splitter = balanceSplitter(profile, key);
    for (let at = 1; at < 60; at++) {
      const message = (at * 40_503) % 2 ** 20;
      const isFavoured = splitter.favoured(ids, at, 0, message, proxy);
      const vote = splitter.vote(ids, at, proxy);
      expect(splitter.isHit(vote, 0, message)).toBe(isFavoured(ids[at]!));
    }
  });
});

describe("chunk layout", () => {
  it("cuts a message into chunks and ends as told", () => {
    const base = {
      scheme: "ctwl-vanilla",
      vocab_size: 9,
      message_bits: 10,
      message_code_len: 4,
    } as const;
    const at = (after_last_chunk: "stop" | "repeat" | "wrap") => {
      const layout = chunkLayout(
        validateProfile({
          ...base,
          encode_ratio: 0.5,
          lm_prefix_len: 1,
          after_last_chunk,
        }) as CtwlVanillaProfile,
      );
      expect([0, 1, 2].map(layout.bitsOf)).toEqual([4, 4, 2]);
      return Array.from({ length: 10 }, (_, n) => layout.chunkAt(n));
    };
    expect(at("stop")).toEqual([-1, 0, 0, 1, 1, 2, 2, -1, -1, -1]);
    expect(at("repeat")).toEqual([-1, 0, 0, 1, 1, 2, 2, 2, 2, 2]);
    expect(at("wrap")).toEqual([-1, 0, 0, 1, 1, 2, 2, 0, 0, 1]);
  });
});

describe("a message of several chunks", () => {
  it("is read chunk by chunk from pieces pasted far apart into other text", () => {
    const random = makeRandom(23);
    const vocab_size = 128;
    const model = markovModel(vocab_size, 3);
    const proxy = proxyFromLogits("same", vocab_size, (ids) => model(ids));
    const profile = {
      scheme: "ctwl-balance",
      vocab_size,
      message_bits: 12,
      message_code_len: 6,
    } as const;
    const watermark = createWatermark(
      { ...profile, encode_ratio: 15, bias: 3 },
      randomKey(random),
      {
        proxy,
      },
    );
    const payload = [1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0];
    const text = write(model, [1], 190, random, watermark.createProcessor({ payload }));
    const human = () => write(model, [2], 150, random);
    const mixed = [...human(), ...text.slice(0, 100), ...human(), ...text.slice(100), ...human()];
    const decoded = watermark.decode(mixed, { windows: { sizes: [90] } });
    expect([...decoded.bits]).toEqual(payload);
    expect(decoded.verdict).toBe("found");
    expect(decoded.symbols).toHaveLength(2);
    expect([...watermark.decode(text).bits]).toEqual(payload);
  });

  it("skips positions below the entropy guard on both sides", () => {
    const random = makeRandom(29);
    const model = markovModel(64, 3, 3.5);
    const proxy = proxyFromLogits("same", 64, (ids) => model(ids));
    const profile = {
      scheme: "ctwl-balance",
      vocab_size: 64,
      message_bits: 4,
      message_code_len: 4,
    } as const;
    const key = randomKey(random);
    const guarded = createWatermark(
      { ...profile, encode_ratio: 40, bias: 4, min_entropy: 1.5 },
      key,
      {
        proxy,
      },
    );
    const text = write(model, [1], 170, random, guarded.createProcessor({ payload: [1, 0, 0, 1] }));
    const decoded = guarded.decode(text);
    expect([...decoded.bits]).toEqual([1, 0, 0, 1]);
    const open = createWatermark({ ...profile, encode_ratio: 40, bias: 4 }, key, { proxy });
    expect(decoded.scored).toBeLessThan(open.decode(text).scored);
  });
});

describe("topIndices", () => {
  it("gives the k largest, ties to the lower index", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(-Infinity, -2, -1e-30, 0, 1e-30, 0.5, 0.5000001, 3, 1e30), {
          minLength: 1,
          maxLength: 200,
        }),
        fc.nat(200),
        (values, k) => {
          const ranked = values
            .map((value, i) => ({ value, i }))
            .sort((a, b) => b.value - a.value || a.i - b.i)
            .slice(0, k === 0 ? values.length : k)
            .map(({ i }) => i);
          const floats = Float32Array.from(values);
          expect([...topRanked(floats, ranked.length)]).toEqual(ranked);
          expect([...topIndices(floats, k)]).toEqual(ranked.sort((a, b) => a - b));
        },
      ),
    );
  });
});
