import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WatermarkError } from "../src/errors";
import { createKey } from "../src/prf/key";
import { createKeyRing } from "../src/prf/key-ring";
import type { ProfileInput } from "../src/profile";
import { type NgramData, ngramFromJSON, trainNgram } from "../src/proxy/ngram";
import { uniformProxy } from "../src/proxy/proxy-lm";
import type { SynthIdProfile } from "../src/schemes/synthid/profile";
import { createWatermark } from "../src/watermark/create-watermark";
import { fromHuggingFace } from "../src/watermark/huggingface-config";
import { validateProfile } from "../src/watermark/validate-profile";

const size = 64;
const key = "5ec2e7000102030405060708090a0b0c";
const proxy = uniformProxy(size);
const frequencies = new Float32Array(size).fill(1);
const all: ProfileInput[] = [
  { scheme: "kgw", vocab_size: size },
  { scheme: "kgw", vocab_size: size, seeding_scheme: "selfhash" },
  { scheme: "unigram", vocab_size: size },
  { scheme: "exp", vocab_size: size },
  { scheme: "synthid", vocab_size: size },
  { scheme: "mpac", vocab_size: size },
  { scheme: "rs-segment", vocab_size: size, segment_map: "balanced" },
  { scheme: "ctwl-vanilla", vocab_size: size, message_bits: 8, message_code_len: 8 },
  { scheme: "ctwl-balance", vocab_size: size, message_bits: 8, message_code_len: 8 },
  { scheme: "unbiased", vocab_size: size },
  { scheme: "unbiased", vocab_size: size, reweight: "delta" },
  { scheme: "dip", vocab_size: size },
];
const make = (profile: ProfileInput) => createWatermark(profile, key, { proxy, frequencies });

const errorOf = (action: () => unknown): WatermarkError => {
  try {
    action();
  } catch (error) {
    if (WatermarkError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("did not throw");
};

describe("bad input", () => {
  it("is refused with a code and the number that is needed", () => {
    const kgw = make({ scheme: "kgw", vocab_size: size });
    const cases: [string, Record<string, unknown>, () => unknown][] = [
      ["ERR_KEY", { needed: 16, got: 3 }, () => createWatermark(all[0]!, new Uint8Array(3))],
      ["ERR_KEY", { needed: 16, got: 0 }, () => createWatermark(all[0]!)],
      ["ERR_SHAPE", { needed: 64, got: 65 }, () => kgw.processor([1], new Float32Array(65))],
      [
        "ERR_LOGITS",
        { token: 3 },
        () => kgw.processor([1], new Float32Array(size).fill(Number.NaN, 3)),
      ],
      [
        "ERR_LOGITS",
        { token: 0 },
        () => kgw.processor([1], new Float32Array(size).fill(Number.POSITIVE_INFINITY)),
      ],
      ["ERR_TOKEN", { position: 1, id: 64 }, () => kgw.detect([1, 64])],
      ["ERR_TOKEN", { position: 0 }, () => kgw.detect([-1])],
      ["ERR_TOKEN", { position: 0 }, () => kgw.createProcessor()([1.5], new Float32Array(size))],
      [
        "ERR_PAYLOAD",
        { needed: 32, got: 4 },
        () => make(all[5]!).createProcessor({ payload: [1, 0, 1, 0] }),
      ],
      ["ERR_PAYLOAD", { needed: 32 }, () => make(all[5]!).processor],
      [
        "ERR_PAYLOAD",
        { position: 2 },
        () => make(all[7]!).createProcessor({ payload: [1, 0, 2, 0, 0, 0, 0, 0] }),
      ],
      ["ERR_PAYLOAD", {}, () => kgw.createProcessor({ payload: [1] })],
      ["ERR_TOO_SHORT", { needed: 11, got: 5 }, () => make(all[7]!).decode([1, 2, 3, 4, 5])],
      ["ERR_UNSUPPORTED", {}, () => kgw.decode([1, 2, 3])],
      ["ERR_UNSUPPORTED", {}, () => kgw.detect("text")],
      ["ERR_RANGE", {}, () => kgw.detect([1, 2], { alpha: 0 })],
      ["ERR_RANGE", {}, () => kgw.detect([1, 2], { promptLength: 3 })],
      ["ERR_PROXY", {}, () => createWatermark(all[8]!, key)],
      [
        "ERR_PROXY",
        { needed: 64, got: 32 },
        () => createWatermark(all[8]!, key, { proxy: uniformProxy(32) }),
      ],
      ["ERR_PROFILE", { needed: 64, got: 0 }, () => createWatermark(all[6]!, key)],
    ];
    for (const [code, fields, action] of cases) {
      const error = errorOf(action);
      expect([code, error.code]).toEqual([code, code]);
      expect(error.fields).toMatchObject(fields);
      expect(error.message).toMatch(/^watermark\//);
    }
  });

  it("names the tokens that a payload would need", () => {
    const payload = new Uint8Array(8);
    const watermark = make({
      scheme: "ctwl-vanilla",
      vocab_size: size,
      message_bits: 8,
      message_code_len: 8,
    });
    const error = errorOf(() => watermark.createProcessor({ payload, maxTokens: 12 }));
    expect(error.code).toBe("ERR_CAPACITY");
    const needed = error.fields.needed as number;
    expect(needed).toBeGreaterThan(20);
    watermark.createProcessor({ payload, maxTokens: needed });
  });

  it("never shows the key", () => {
    const shown = all.map((profile) => {
      const watermark = make(profile);
      const bits = watermark.messageBits;
      return JSON.stringify([
        watermark.profile,
        watermark.detect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
        errorOf(() => watermark.createProcessor({ payload: new Uint8Array(bits + 1) })).message,
      ]);
    });
    expect(shown.join().toLowerCase()).not.toContain("5ec2e7");
    expect(errorOf(() => createKey("5ec2e7")).message).not.toContain("5ec2e7");
  });
});

describe("profiles", () => {
  it("are refused field by field", () => {
    const refused: [object, string][] = [
      [{ scheme: "nothing", vocab_size: 9 }, "unknown scheme"],
      [{ scheme: "kgw" }, "vocab_size"],
      [{ scheme: "kgw", vocab_size: 9, gamma: 0.5 }, "unknown field gamma"],
      [{ scheme: "kgw", vocab_size: 9, greenlist_ratio: 1 }, "strictly between 0 and 1"],
      [{ scheme: "kgw", vocab_size: 9, context_width: 1.5 }, "an integer"],
      [{ scheme: "kgw", vocab_size: 9, hard: "yes" }, "true or false"],
      [{ scheme: "kgw", vocab_size: 9, version: 2 }, "version 2"],
      [{ scheme: "kgw", vocab_size: 9, hashing_key: 3 }, "come together"],
      [{ scheme: "kgw", vocab_size: 9, compat: "torch", hashing_key: 3 }, "compat must be"],
      [{ scheme: "synthid", vocab_size: 9, keys: [1, 2] }, "come together"],
      [{ scheme: "mpac", vocab_size: 9, radix: 3 }, "not a power of two"],
      [{ scheme: "mpac", vocab_size: 9, radix: 8 }, "allows 4 colours"],
      [{ scheme: "rs-segment", vocab_size: 999, data_symbols: 7 }, "code_symbols"],
      [{ scheme: "rs-segment", vocab_size: 9, message_bits: 20 }, "shifts"],
      [{ scheme: "ctwl-vanilla", vocab_size: 9, message_code_len: 30 }, "between 1 and 24"],
      [{ scheme: "ctwl-vanilla", vocab_size: 9, compat: "huggingface" }, "no Hugging Face form"],
    ];
    for (const [profile, message] of refused)
      expect(() => validateProfile(profile as ProfileInput)).toThrow(message);
    expect(() => validateProfile(null as never)).toThrow("object");
  });

  it("survive JSON, completed and frozen", () => {
    const scheme = fc.constantFrom(...all);
    fc.assert(
      fc.property(scheme, fc.string({ maxLength: 5 }), (input, id) => {
        const profile = validateProfile({ ...input, tokenizer: { id } } as ProfileInput);
        const again = validateProfile(JSON.parse(JSON.stringify(profile)));
        expect(again).toEqual(profile);
        expect(Object.isFrozen(profile)).toBe(true);
      }),
    );
  });

  it("refuse what only looks like a scheme, a list or an object", () => {
    const kgw = { scheme: "kgw", vocab_size: size };
    const synthid = { scheme: "synthid", vocab_size: size, compat: "huggingface" };
    const wrong: unknown[] = [
      { scheme: "constructor", vocab_size: size },
      { scheme: "__proto__", vocab_size: size },
      { scheme: "toString", vocab_size: size },
      { ...synthid, keys: "abc" },
      { ...synthid, keys: { length: 1 } },
      { ...synthid, keys: [1], sampling_table_seed: "x" },
      { ...synthid, keys: [1], sampling_table_seed: 1.5 },
      { ...kgw, thresholds: "x" },
      { ...kgw, tokenizer: 5 },
      { ...kgw, key_id: 5 },
      { scheme: "mpac", vocab_size: size, feedback: 5 },
      { scheme: "mpac", vocab_size: size, feedback: { bias: "x", eta: 1, tau: 1 } },
    ];
    for (const profile of wrong)
      expect(errorOf(() => validateProfile(profile as ProfileInput)).code).toBe("ERR_PROFILE");
    for (const config of [
      null,
      { keys: "abc" },
      { keys: null },
      { keys: [1], sampling_table_seed: "x" },
    ])
      expect(errorOf(() => fromHuggingFace(config as never, size)).code).toBe("ERR_PROFILE");
  });

  it("are frozen to the last list", () => {
    const keys = [1, 2, 3];
    const profile = fromHuggingFace({ keys }, size) as SynthIdProfile;
    keys[0] = 99;
    expect(profile.keys).toEqual([1, 2, 3]);
    expect(Object.isFrozen(profile.keys)).toBe(true);
  });

  it("name their key, which must be in the ring", () => {
    const one = createKey(key);
    const profile: ProfileInput = { scheme: "kgw", vocab_size: size, key_id: one.id };
    expect(createWatermark(profile, one).detect([1]).keyId).toBe(one.id);
    expect(() => createWatermark(profile, new Uint8Array(16))).toThrow("not in the ring");
  });
});

describe("a detector", () => {
  it("says insufficient for texts without a scorable token, and never throws or gives NaN", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(fc.nat(size - 1), { maxLength: 40 }),
        (profile, ids) => {
          const watermark = make(profile);
          const detection = watermark.detect(ids, { windows: { sizes: [5, 10] } });
          for (const value of [detection.pValue, detection.z, detection.normalTail])
            expect(Number.isFinite(value)).toBe(true);
          const isShort = ids.length < detection.tokensNeeded;
          expect(detection.verdict === "insufficient").toBe(isShort);
          expect(watermark.explain(ids).tokens).toHaveLength(ids.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("does not depend on what else is detected, nor on the type of the ids", () => {
    for (const profile of all) {
      const watermark = make(profile);
      const texts = Array.from({ length: 4 }, (_, t) =>
        Array.from({ length: 30 }, (_, i) => (i * 7 + t * 13) % size),
      );
      const together = texts.map((ids) => watermark.detect(ids));
      texts.reverse().forEach((ids, i) => {
        expect(make(profile).detect(Int32Array.from(ids))).toEqual(together[3 - i]);
      });
    }
  });

  it("finds a retired key in the ring at twice the p-value", () => {
    const old = createKey(key);
    const profile: ProfileInput = { scheme: "unigram", vocab_size: size };
    const ids = Array.from({ length: 200 }, (_, i) => (i * i) % size);
    const alone = createWatermark(profile, old).detect(ids);
    const ring = createWatermark(profile, createKeyRing(new Uint8Array(16), [old]));
    const other = createWatermark(profile, new Uint8Array(16)).detect(ids);
    const best = alone.pValue < other.pValue ? alone : other;
    const found = ring.detect(ids);
    expect(found.keysTried).toBe(2);
    expect(found.keyId).toBe(best.keyId);
    expect(found.pValue).toBeCloseTo(Math.min(1, 2 * best.pValue), 10);
  });

  it("refuses anything but a text, a window and a list of logits", () => {
    const kgw = make(all[0]!);
    const codes = [
      () => kgw.detect(undefined as never),
      () => kgw.detect(5 as never),
      () => kgw.detect([1, 2], { promptLength: 1.5 }),
      () => kgw.detect([1, 2], { windows: { sizes: [Number.NaN] } }),
      () => kgw.detect([1, 2], { windows: { sizes: [0] } }),
      () => kgw.detect([1, 2], { windows: { sizes: [1], stride: Number.NaN } }),
      () => kgw.detect([1, 2], { workLimit: Number.NaN }),
      () => kgw.processor([1], new Uint16Array(size) as never),
    ].map((action) => errorOf(action).code);
    expect(codes).toEqual([
      ...["ERR_TOKEN", "ERR_TOKEN", "ERR_RANGE", "ERR_RANGE", "ERR_RANGE", "ERR_RANGE"],
      ...["ERR_RANGE", "ERR_LOGITS"],
    ]);
  });

  it("gives up where reading takes more steps than workLimit, and reads with a higher one", () => {
    const ids = Array.from({ length: 40 }, (_, i) => (i * i) % size);
    const vanilla = make(all[7]!);
    const limited = errorOf(() => vanilla.decode(ids, { workLimit: 1000 }));
    expect(limited).toMatchObject({ code: "ERR_RANGE", fields: { limit: 1000 } });
    const free = vanilla.decode(ids, { workLimit: Number.POSITIVE_INFINITY });
    expect(free).toEqual(vanilla.decode(ids));
    const long = createWatermark(
      { scheme: "ctwl-vanilla", vocab_size: 4096, message_bits: 24, message_code_len: 24 },
      key,
    );
    const distinct = Array.from({ length: 80 }, (_, i) => 31 * i);
    expect(errorOf(() => long.detect(distinct)).code).toBe("ERR_RANGE");
  });

  it("leaves forbidden tokens forbidden", () => {
    for (const profile of all) {
      const watermark = make(profile);
      const bits = watermark.messageBits;
      const processor = watermark.createProcessor({
        promptLength: 0,
        ...(bits && { payload: new Uint8Array(bits) }),
      });
      const logits = new Float32Array(size).fill(Number.NEGATIVE_INFINITY);
      logits[7] = 1;
      logits[9] = 0;
      const out = processor(
        Array.from({ length: 20 }, (_, i) => i),
        logits,
      );
      const possible = [...out.keys()].filter((v) => out[v] !== Number.NEGATIVE_INFINITY);
      expect(possible.length).toBeGreaterThan(0);
      expect(possible.every((v) => v === 7 || v === 9)).toBe(true);
      const nothing = new Float32Array(size).fill(Number.NEGATIVE_INFINITY);
      expect(processor([1, 2, 3, 4, 5, 6], nothing).every((x) => x === -Infinity)).toBe(true);
    }
  });
});

describe("an n-gram model's JSON", () => {
  it("is refused where tables, counts or sizes are missing or wrong", () => {
    const right = trainNgram([[1, 2, 3, 1, 2]], { vocabSize: 8 }).toJSON();
    expect(ngramFromJSON(JSON.parse(JSON.stringify(right))).vocabSize).toBe(8);
    const wrong: unknown[] = [
      null,
      { ...right, tables: undefined },
      { ...right, tables: [null, null] },
      { ...right, tables: [{ 1: [2] }, {}] },
      { ...right, tables: [{ 1: [8, 1] }, {}] },
      { ...right, unigram: new Array(8).fill("x") },
      { ...right, order: 1e9 },
      { ...right, discount: 7 },
    ];
    for (const data of wrong)
      expect(errorOf(() => ngramFromJSON(data as NgramData)).code).toBe("ERR_PROXY");
  });
});
