import { Generator, nn, noGrad, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, generate, type ModelConfig, parseConfig } from "../../src";
import { familyTraits, supportedModelTypes } from "../../src/config";
import { Gpt2Attention, Gpt2Mlp } from "../../src/model/gpt2";
import { LatentAttention } from "../../src/model/latent-attention";
import { OffsetNorm } from "../../src/model/offset-norm";

/** Small sizes under the keys of all families. */
const tiny = (modelType: string): ModelConfig =>
  parseConfig({
    model_type: modelType,
    vocab_size: 23,
    hidden_size: 16,
    intermediate_size: 24,
    moe_intermediate_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 4,
    n_embd: 16,
    n_layer: 2,
    n_head: 4,
    n_positions: 32,
    max_position_embeddings: 32,
    n_routed_experts: 4,
    num_experts: 4,
    num_local_experts: 4,
    num_experts_per_tok: 2,
    n_shared_experts: 1,
    shared_expert_intermediate_size: 8,
    n_group: 2,
    topk_group: 1,
    first_k_dense_replace: 1,
    q_lora_rank: 12,
    kv_lora_rank: 8,
    v_head_dim: 6,
    qk_nope_head_dim: 6,
    qk_rope_head_dim: 4,
    layer_types: undefined,
    sliding_window: 5,
    query_pre_attn_scalar: 4,
    eos_token_id: null,
  });

const norms = { rms: nn.RMSNorm, offset: OffsetNorm, layer: nn.LayerNorm };

beforeEach(() => void setBackend("wasm"));

describe.each(supportedModelTypes)("the family %s", (modelType) => {
  it("has the parts that its line in the table names", () => {
    const model = new CausalLM(tiny(modelType), { generator: new Generator(3) });
    const traits = familyTraits(model.config);
    const { decoder } = model;
    expect(decoder.finalNorm).toBeInstanceOf(norms[traits.norm]);
    for (const { attention, attentionNorms, mlpNorms, mlp } of decoder.blocks) {
      expect(attention instanceof LatentAttention).toBe(traits.attention === "latent");
      expect(attention instanceof Gpt2Attention).toBe(traits.positions === "learned");
      expect(mlp instanceof Gpt2Mlp).toBe(traits.feedForward === "plain");
      for (const { before, after } of [attentionNorms, mlpNorms]) {
        expect(before !== null).toBe(traits.norms !== "behind");
        expect(after !== null).toBe(traits.norms !== "before");
        if (before) expect(before).toBeInstanceOf(norms[traits.norm]);
      }
      if (attention instanceof LatentAttention) continue;
      expect(attention.qkvProj !== null).toBe(traits.isFused);
      expect(attention.qNorm !== null).toBe(traits.qkNorm !== null);
      expect(attention.oProj.bias !== null).toBe(traits.biases.output);
    }
    const router = `.${traits.experts.layer}.${traits.experts.router}.weight`;
    expect(model.weightNames().some((name) => name.endsWith(router))).toBe(
      model.moeLayers.size > 0,
    );
    model.dispose();
  });

  it("continues a text, prepared, as reading it whole does", async () => {
    const model = new CausalLM(tiny(modelType), { generator: new Generator(3) }).eval();
    const text = [3, 14, 15, 9, 2, 6, 5];
    const steps = generate(model, [text], { maxNewTokens: 5, logProbabilities: 0 });
    for await (const { ids, scores } of steps) {
      const [vocabulary, length] = [model.config.vocabSize, text.length];
      const logits = tidy(() =>
        noGrad(() => [...model.forward({ ids: text, batch: 1, length }).dataSync()]),
      ).slice(-vocabulary);
      const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
      expect(scores![0]!.logProbability).toBeCloseTo(logits[ids[0]!]! - total, 4);
      text.push(ids[0]!);
    }
    expect(text).toHaveLength(12);
    model.dispose();
  });
});
