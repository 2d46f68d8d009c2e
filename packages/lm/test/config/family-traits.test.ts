import { describe, expect, it } from "vitest";
import {
  familyTraits,
  isMoeLayer,
  layerTraits,
  parseConfig,
  type RotaryModelConfig,
} from "../../src/config";

const config = (json: object) => parseConfig(json) as RotaryModelConfig;

describe("traits of decoder families", () => {
  it("gives Qwen's window to layers from a number on, where a flag asks for it", () => {
    const json = {
      model_type: "qwen2",
      num_hidden_layers: 4,
      sliding_window: 9,
      max_window_layers: 2,
    };
    const windows = (more: object) =>
      [0, 1, 2, 3].map((layer) => layerTraits(config({ ...json, ...more }), layer).window);
    expect(windows({})).toEqual([0, 0, 0, 0]);
    expect(windows({ use_sliding_window: true })).toEqual([0, 0, 9, 9]);
  });

  it("gives Mistral's window to all layers, and none where the file says null", () => {
    expect(layerTraits(config({ model_type: "mistral" }), 3).window).toBe(4096);
    expect(layerTraits(config({ model_type: "mistral", sliding_window: null }), 3).window).toBe(0);
  });

  it("alternates Gemma's windows, caps and local angles as the class does", () => {
    const gemma2 = config({ model_type: "gemma2" });
    expect([0, 1].map((layer) => layerTraits(gemma2, layer))).toEqual([
      { scale: 1 / 16, window: 4096, cap: 50, isRotated: true, isLocal: false },
      { scale: 1 / 16, window: 0, cap: 50, isRotated: true, isLocal: false },
    ]);
    const gemma3 = config({ model_type: "gemma3_text" });
    const local = [...Array(7).keys()].map((layer) => layerTraits(gemma3, layer).isLocal);
    expect(local).toEqual([true, true, true, true, true, false, true]);
    expect(familyTraits(gemma2)).toMatchObject({
      norms: "both",
      norm: "offset",
      logitCap: 30,
      embeddingFactor: 48,
    });
  });

  it("makes dense the layers of a mixture that the file names, or that fall between", () => {
    const mixture = config({
      model_type: "qwen3_moe",
      num_hidden_layers: 6,
      num_experts: 4,
      num_experts_per_tok: 2,
      decoder_sparse_step: 2,
      mlp_only_layers: [3],
    });
    expect([0, 1, 2, 3, 4, 5].map((layer) => isMoeLayer(mixture, layer))).toEqual([
      false,
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  it("refuses layer types and caps that are none", () => {
    const refused = [
      { model_type: "gemma2", layer_types: ["half_attention"] },
      { model_type: "gemma2", final_logit_softcapping: 0 },
      { model_type: "qwen2_moe", mlp_only_layers: [-1] },
      { model_type: "mixtral", num_local_experts: 2, num_experts_per_tok: 3 },
    ].map((json) => {
      try {
        return parseConfig(json).modelType;
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    expect(refused).toEqual(Array(4).fill("ERR_CONFIG"));
  });
});
