import type {} from "@deepgrain/vitest/allclose";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig, ropeFrequencies, yarnMscale } from "../../src/config";

const llama = (rope_scaling: object | null, more: object = {}) =>
  parseConfig({
    model_type: "llama",
    hidden_size: 128,
    num_attention_heads: 2,
    rope_scaling,
    ...more,
  });

// biome-ignore lint/suspicious/noApproximativeNumericConstant: DeepSeek's value, not the root of one half
const deepseekMscale = 0.707;

const deepseekV2Yarn = {
  type: "yarn",
  factor: 40,
  beta_fast: 32,
  beta_slow: 1,
  mscale: deepseekMscale,
  mscale_all_dim: deepseekMscale,
  original_max_position_embeddings: 4096,
};

describe("ropeFrequencies", () => {
  it("is the base to the power −2i/n without scaling", () => {
    const { inverseFrequencies, attentionFactor, softmaxMscale } = ropeFrequencies(llama(null));
    const expected = Array.from({ length: 32 }, (_, i) => 10000 ** (-i / 32));
    expect(inverseFrequencies).toBeAllclose(expected, { rtol: 1e-14 });
    expect([attentionFactor, softmaxMscale]).toEqual([1, 1]);
  });

  it("rotates the whole head in Llama and DeepSeekMoE, and the rope part only in DeepSeek-V2", () => {
    const sizes = { hidden_size: 96, num_attention_heads: 4 };
    const count = (json: object) => ropeFrequencies(parseConfig(json)).inverseFrequencies.length;
    expect(count({ model_type: "llama", ...sizes, head_dim: 10 })).toBe(5);
    expect(count({ model_type: "deepseek", ...sizes })).toBe(12);
    expect(count({ model_type: "deepseek_v2", ...sizes, qk_rope_head_dim: 6 })).toBe(3);
  });

  it("divides by the factor when linear", () => {
    const plain = ropeFrequencies(llama(null)).inverseFrequencies;
    const scaled = ropeFrequencies(llama({ type: "linear", factor: 4 })).inverseFrequencies;
    expect(scaled).toBeAllclose(
      plain.map((frequency) => frequency / 4),
      { rtol: 1e-15 },
    );
  });

  it("changes nothing up to the trained length when dynamic, and raises the base beyond it", () => {
    const config = llama({ type: "dynamic", factor: 2 }, { max_position_embeddings: 100 });
    const plain = ropeFrequencies(llama(null)).inverseFrequencies;
    expect(ropeFrequencies(config).inverseFrequencies).toEqual(plain);
    expect(ropeFrequencies(config, { sequenceLength: 100 }).inverseFrequencies).toEqual(plain);
    const longer = ropeFrequencies(config, { sequenceLength: 300 }).inverseFrequencies;
    const base = 10000 * 5 ** (64 / 62); // 2 · 300 / 100 − 1 = 5
    expect(longer).toBeAllclose(
      Array.from({ length: 32 }, (_, i) => base ** (-i / 32)),
      { rtol: 1e-13 },
    );
  });

  it("keeps short waves, slows long ones and blends between for llama3", () => {
    const scaling = {
      rope_type: "llama3",
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    };
    const options = { rope_theta: 500000 };
    const plain = ropeFrequencies(llama(null, options)).inverseFrequencies;
    const scaled = ropeFrequencies(llama(scaling, options)).inverseFrequencies;
    for (const [i, frequency] of plain.entries()) {
      const wavelength = (2 * Math.PI) / frequency;
      const share = (8192 / wavelength - 1) / 3;
      const blended = (1 - share) * (frequency / 8) + share * frequency;
      const expected = wavelength < 2048 ? frequency : wavelength > 8192 ? frequency / 8 : blended;
      expect([scaled[i]!]).toBeAllclose([expected], { rtol: 1e-13 });
    }
    const blended = [...plain.keys()].filter(
      (i) => scaled[i]! < plain[i]! * 0.999 && scaled[i]! > (plain[i]! / 8) * 1.001,
    );
    expect(blended.length).toBeGreaterThan(0);
  });

  it("gives DeepSeek-V2's YaRN values", () => {
    const config = parseConfig({ model_type: "deepseek_v2", rope_scaling: deepseekV2Yarn });
    const { inverseFrequencies, attentionFactor, softmaxMscale } = ropeFrequencies(config);
    const golden: [number, number][] = [
      [0, 1],
      [9, 0.0749894209],
      [10, 0.0562341325],
      [11, 0.0390069266],
      [16, 5.5e-3],
      [22, 1.77827941e-4],
      [23, 3.33380358e-5],
      [31, 3.33380358e-6],
    ];
    expect(golden.map(([i]) => inverseFrequencies[i]!)).toBeAllclose(
      golden.map(([, value]) => value),
      { rtol: 1e-8 },
    );
    expect(attentionFactor).toBe(1);
    expect([Math.sqrt(softmaxMscale), softmaxMscale / Math.sqrt(192)]).toBeAllclose(
      [1.2608037774, 0.1147213867],
      { rtol: 1e-9 },
    );
  });

  it("puts YaRN's temperature on cosine and sine in Llama, and nothing on the softmax", () => {
    const scaling = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 512 };
    const result = ropeFrequencies(llama(scaling));
    expect(result.attentionFactor).toBeCloseTo(0.1 * Math.log(4) + 1, 12);
    expect(result.softmaxMscale).toBe(1);
    expect(ropeFrequencies(llama({ ...scaling, attention_factor: 0.5 })).attentionFactor).toBe(0.5);
  });

  it("stays between the interpolated and the plain frequency for any YaRN", () => {
    const scaling = fc.record({
      factor: fc.double({ min: 1, max: 64, noNaN: true }),
      original_max_position_embeddings: fc.integer({ min: 16, max: 1 << 20 }),
      beta_fast: fc.integer({ min: 2, max: 64 }),
      truncate: fc.boolean(),
    });
    fc.assert(
      fc.property(scaling, (values) => {
        const plain = ropeFrequencies(llama(null)).inverseFrequencies;
        const scaled = ropeFrequencies(llama({ rope_type: "yarn", ...values })).inverseFrequencies;
        for (const [i, frequency] of scaled.entries()) {
          expect(frequency).toBeLessThanOrEqual(plain[i]! * (1 + 1e-12));
          expect(frequency).toBeGreaterThanOrEqual((plain[i]! / values.factor) * (1 - 1e-12));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("rejects GPT-2 and negative lengths", () => {
    const gpt2 = parseConfig({ model_type: "gpt2" });
    expect(() => ropeFrequencies(gpt2)).toThrow(expect.objectContaining({ code: "ERR_CONFIG" }));
    expect(() => ropeFrequencies(llama(null), { sequenceLength: -1 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

describe("yarnMscale", () => {
  it("is 1 without stretching and grows with the logarithm of the factor", () => {
    expect(yarnMscale(1, 2)).toBe(1);
    expect(yarnMscale(Math.E, 1)).toBeCloseTo(1.1, 12);
    expect(yarnMscale(40, 0)).toBe(1);
  });
});
