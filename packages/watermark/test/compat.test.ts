/** @file Vectors computed by a separate program (Python integers, NumPy's MT19937) from the published formulas. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ProfileInput } from "../src/profile";
import { quantise } from "../src/proxy/proxy-lm";
import {
  messageKey,
  partitionSeed,
  tokenOrder,
  tupleHash,
  vanillaBit,
  wangMixBigInt,
} from "../src/schemes/ctwl/reference-hash";
import { referenceSplitter } from "../src/schemes/ctwl/reference-splitter";
import { compatSeeds } from "../src/schemes/kgw/compat-seeding";
import { greenLists } from "../src/schemes/kgw/green-lists";
import type { KgwProfile } from "../src/schemes/kgw/profile";
import { gBit, gValues } from "../src/schemes/synthid/g-values";
import type { SynthIdProfile } from "../src/schemes/synthid/profile";
import { createWatermark } from "../src/watermark/create-watermark";
import { fromHuggingFace, toHuggingFace } from "../src/watermark/huggingface-config";
import { validateProfile } from "../src/watermark/validate-profile";

const vectors = JSON.parse(
  readFileSync(new URL("./fixtures/compat-vectors.json", import.meta.url), "utf8"),
);
const demoKeys = [
  654, 400, 836, 123, 340, 443, 597, 160, 57, 29, 590, 639, 13, 715, 468, 990, 966, 226, 324, 585,
  118, 504, 421, 521, 129, 669, 732, 225, 90, 960,
];

describe("green lists of the published codes", () => {
  it("have the same seeds and members for every seeding scheme", () => {
    for (const { context, seed, green, ...fields } of vectors.kgw) {
      const profile = validateProfile({ scheme: "kgw", ...fields } as ProfileInput) as KgwProfile;
      expect(compatSeeds(profile)(context, context.length)).toBe(BigInt(seed));
      expect([...greenLists(profile, undefined).list(context, context.length)]).toEqual(green);
    }
  });

  it("bias the same candidates with self-hash", () => {
    const { vocab_size, input_ids, scores, changed } = vectors.selfhash_process;
    const profile = fromHuggingFace({ seeding_scheme: "selfhash", context_width: 4 }, vocab_size);
    const before = Float32Array.from(scores);
    const after = createWatermark(profile).createProcessor()(input_ids, before.slice());
    expect([...after.keys()].filter((v) => after[v] !== before[v])).toEqual(changed);
    for (const v of changed) expect(after[v]).toBeCloseTo(before[v]! + 2, 5);
  });

  it("score T - h + 1 tokens with self-hash", () => {
    const profile = fromHuggingFace({ seeding_scheme: "selfhash", context_width: 4 }, 64);
    const ids = [1, 2, 3, 4, 5, 6, 7];
    expect(createWatermark(profile).detect(ids).scored).toBe(4);
  });
});

describe("SynthID-Text of the published codes", () => {
  const profileOf = (fields: Partial<SynthIdProfile>, vocab = 150_000) =>
    validateProfile({
      scheme: "synthid",
      vocab_size: vocab,
      keys: demoKeys,
      ...fields,
    } as ProfileInput) as SynthIdProfile;

  it("has the same g-values in both compatibility modes", () => {
    for (const { context, token, g, ...fields } of vectors.synthid) {
      const values = gValues(profileOf(fields), undefined);
      const bits = values.of(context, [token]);
      const found = demoKeys.map((_, layer) => gBit(bits, values.words, 0, layer)).join("");
      expect(found).toBe(g);
    }
  });

  it("gives tokens 65,536 apart the same g-values in the Hugging Face form only", () => {
    const g = (compat: "huggingface" | "reference") => {
      const bits = gValues(profileOf({ compat }), undefined).of([1, 2, 3, 4], [17, 17 + 65_536]);
      return [bits[0], bits[1]];
    };
    const [a, b] = g("huggingface");
    expect(a).toBe(b);
    const [c, d] = g("reference");
    expect(c).not.toBe(d);
  });

  it("runs the same tournament, state and repeated contexts step by step", () => {
    const { vocab_size, prompt, generated, ngram_len, keys, steps } = vectors.synthid_process;
    const profile = fromHuggingFace({ ngram_len, keys }, vocab_size);
    expect(toHuggingFace(profile)).toMatchObject({ ngram_len, keys, sampling_table_size: 65536 });
    const processor = createWatermark(profile).createProcessor();
    steps.forEach((step: { scores: number[]; out: number[]; repeated: boolean }, i: number) => {
      const out = processor([...prompt, ...generated.slice(0, i)], Float32Array.from(step.scores));
      expect(out).toBeAllclose(step.out, { rtol: 1e-4, atol: 1e-5 });
    });
    expect(steps.some((step: { repeated: boolean }) => step.repeated)).toBe(true);
  });
});

describe("CTWL of the published code", () => {
  it("hashes tuples as CPython does", () => {
    expect(tupleHash([5, 42])).toBe(2623118603317806544n);
    expect(tupleHash([318, 42])).toBe(-5386521838922922812n);
    expect(tupleHash([50256, 42])).toBe(-4559984218684034065n);
  });

  it("mixes as Thomas Wang's function does, with arithmetic shifts", () => {
    const expected = new Map([
      [0n, 0n],
      [1n, 6614235796240398542n],
      [2n, -5218261022256003468n],
      [42n, 1098236396662648698n],
      [12345n, 7658450573117590115n],
      [-7n, -9040340845809335386n],
    ]);
    for (const [input, output] of expected) expect(wangMixBigInt(input)).toBe(output);
  });

  it("gives partition, order and bits of the worked example", () => {
    const seed = tupleHash([318, 42]);
    expect(((seed % 4096n) + 4096n) % 4096n).toBe(1220n);
    const key = messageKey(seed, 20, 42);
    expect(((key % 100n) + 100n) % 100n).toBe(5n);
    expect(partitionSeed(seed, 100, 5)).toBe(4472121212150189180n);
    expect([...tokenOrder(4472121212150189180n, 8)]).toEqual([3, 6, 0, 2, 1, 4, 7, 5]);
    expect(Array.from({ length: 10 }, (_, v) => vanillaBit(key, v))).toEqual([
      1, 1, 0, 0, 1, 1, 0, 1, 1, 0,
    ]);
  });

  it("splits by the order: tokens from the half on are favoured, and votes agree", () => {
    const profile = validateProfile({
      scheme: "ctwl-balance",
      vocab_size: 8,
      compat: "reference",
    });
    const splitter = referenceSplitter(profile as never);
    // In the order 3 6 0 2 1 4 7 5 these cumulate to .2 .3 .4 .45 .75 .8 .9 1.
    const proxy = quantise(Float32Array.from([0.1, 0.3, 0.05, 0.2, 0.05, 0.1, 0.1, 0.1]), 8);
    const isFavoured = splitter.favoured([318, 0], 1, 0, 42, proxy);
    expect([0, 1, 2, 3, 4, 5, 6, 7].filter(isFavoured)).toEqual([1, 4, 5, 7]);
    for (let token = 0; token < 8; token++) {
      const vote = splitter.vote([318, token], 1, proxy);
      expect(splitter.isHit(vote, 0, 42)).toBe(isFavoured(token));
    }
  });
});

describe("compatibility profiles", () => {
  it("take no key, and refuse what the published codes do not have", () => {
    const profile = fromHuggingFace({}, 64);
    expect(() => createWatermark(profile, new Uint8Array(16))).toThrow("numeric keys are the key");
    expect(() => fromHuggingFace({ keys: [1], ngram_len: 5, debug_mode: true }, 64)).toThrow(
      "debug_mode",
    );
    expect(() => fromHuggingFace({ seeding_scheme: "minhash" }, 64)).toThrow(
      "lefthash and selfhash",
    );
    expect(() => toHuggingFace(validateProfile({ scheme: "unigram", vocab_size: 9 }))).toThrow(
      "no Hugging Face form",
    );
  });
});
