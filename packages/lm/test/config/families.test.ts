import { describe, expect, it } from "vitest";
import { layerTraits, parseConfig, type RotaryModelConfig, rotarySize } from "../../src/config";

const config = (json: object) => parseConfig(json) as RotaryModelConfig;

describe("partial_rotary_factor", () => {
  const phi4 = { model_type: "phi3", hidden_size: 3072, num_attention_heads: 24 };

  it("is the share of a head that turns, rounded down", () => {
    expect(rotarySize(config(phi4))).toBe(128);
    expect(rotarySize(config({ ...phi4, partial_rotary_factor: 0.75 }))).toBe(96);
    const inside = { rope_type: "default", partial_rotary_factor: 0.75 };
    expect(rotarySize(config({ ...phi4, rope_parameters: inside }))).toBe(96);
  });

  it.each([0, -1, 1.5, "half", 0.001, 0.0079])("is refused with %j", (partial_rotary_factor) => {
    expect(() => parseConfig({ ...phi4, partial_rotary_factor })).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG",
        message: expect.stringContaining("partial_rotary_factor must be"),
      }),
    );
  });

  it("asks for as many factors of LongRoPE as pairs turn", () => {
    const factors = Array.from({ length: 64 }, () => 1);
    const rope_scaling = { type: "longrope", short_factor: factors, long_factor: factors };
    const more = { rope_scaling, original_max_position_embeddings: 4096 };
    expect(config({ ...phi4, ...more }).ropeScaling?.type).toBe("longrope");
    expect(() => parseConfig({ ...phi4, ...more, partial_rotary_factor: 0.75 })).toThrow(
      /rope_scaling.short_factor must be a list of 48 numbers/,
    );
  });
});

describe("smollm3", () => {
  const layersOf = (json: object) => {
    const own = config({ model_type: "smollm3", num_hidden_layers: 8, ...json });
    return Array.from({ length: 8 }, (_, layer) => layerTraits(own, layer));
  };

  it("rotates in all layers but every fourth, or as the file says", () => {
    const rotates = (json: object) => layersOf(json).map(({ isRotated }) => Number(isRotated));
    expect(rotates({})).toEqual([1, 1, 1, 0, 1, 1, 1, 0]);
    expect(rotates({ no_rope_layer_interval: 2 })).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
    const no_rope_layers = [0, 1, 1, 1, 1, 1, 1, 1];
    expect(rotates({ no_rope_layers })).toEqual(no_rope_layers);
  });

  it("has a window in layers without rotation, where a flag asks for it", () => {
    const windows = (json: object) => layersOf(json).map(({ window }) => window);
    expect(windows({ sliding_window: 9 })).toEqual(Array(8).fill(0));
    expect(windows({ sliding_window: 9, use_sliding_window: true })).toEqual([
      ...[0, 0, 0, 9, 0, 0, 0, 9],
    ]);
  });

  it.each([[[1, 0]], [[1, 2, 1, 1, 1, 1, 1, 1]], ["every fourth"]])(
    "refuses no_rope_layers of %j",
    (no_rope_layers) => {
      expect(() => layersOf({ no_rope_layers })).toThrow(/no_rope_layers must be a list of/);
    },
  );
});

describe("granite", () => {
  it.each(["embedding", "attention", "residual"])("refuses an %s multiplier of 0", (part) => {
    for (const model_type of ["granite", "granitemoe"])
      expect(() => parseConfig({ model_type, [`${part}_multiplier`]: 0 })).toThrow(
        new RegExp(`${part}_multiplier must be a number above 0`),
      );
  });

  it("scores with its multiplier in place of the root of the head size", () => {
    const own = config({ model_type: "granite", attention_multiplier: 0.015625 });
    expect(layerTraits(own, 0).scale).toBe(1 / 64);
    expect(layerTraits(config({ model_type: "granitemoe" }), 0).scale).toBe(1);
  });
});
