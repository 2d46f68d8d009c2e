import { countParameters } from "@deepgrain/moe";
import { describe, expect, it } from "vitest";
import { CausalLM, modelShape, parseConfig } from "../../src";
import { tinyDeepseekV2, tinyDeepseekV3, tinyLlama } from "../support/tiny-models";

const deepseek = (changes: object = {}) =>
  parseConfig({ ...tinyDeepseekV2().source, model_type: "deepseek", ...changes });

describe("modelShape", () => {
  it.each([
    ["grouped-query attention", tinyLlama()],
    ["tied embeddings", tinyLlama({ tie_word_embeddings: true, head_dim: 6 })],
    ["experts after a dense layer", deepseek()],
    ["experts in every second layer", deepseek({ num_hidden_layers: 4, moe_layer_freq: 2 })],
    ["no experts", deepseek({ n_routed_experts: null })],
    ["latent attention", tinyDeepseekV2()],
    ["latent attention with plain queries", tinyDeepseekV2({ q_lora_rank: null })],
    ["bias-corrected routing", tinyDeepseekV3()],
  ])("lets the counters count a model with %s", (_, config) => {
    const model = new CausalLM(config);
    const counted = model.parameters().reduce((sum, { size }) => sum + size, 0);
    expect(countParameters(modelShape(config)).total).toBe(counted);
    model.dispose();
  });

  it("comes close for GPT-2, whose layers have biases", () => {
    const config = parseConfig({
      model_type: "gpt2",
      vocab_size: 31,
      n_positions: 8,
      n_embd: 48,
      n_layer: 2,
      n_head: 4,
    });
    const model = new CausalLM(config);
    const counted = model.parameters().reduce((sum, { size }) => sum + size, 0);
    const { total } = countParameters(modelShape(config));
    expect(Math.abs(total - counted) / counted).toBeLessThan(0.05);
    model.dispose();
  });
});
