import type { JointBalanceConfig } from "../base-config";
import { decoderFields, expertFields } from "../decoder-fields";
import { attentionBiases, type Family } from "../family";
import { constant, integer, positive, real } from "../field";

/** OLMoE: experts in every layer; queries and keys are normalised over their full width. */
export interface OlmoeConfig extends JointBalanceConfig {
  modelType: "olmoe";
}

export const olmoe: Family<OlmoeConfig> = {
  fields: {
    ...decoderFields({
      architecture: "OlmoeForCausalLM",
      vocabSize: 50304,
      eos: 50279,
      hiddenSize: 2048,
      intermediateSize: 2048,
      numHiddenLayers: 16,
      numAttentionHeads: 16,
      maxPositionEmbeddings: 4096,
    }),
    rmsNormEps: positive("rms_norm_eps", 1e-5),
    ...expertFields({ count: "num_experts", topK: 8 }, 64),
    auxLossAlpha: real("router_aux_loss_coef", 0.01),
    moeIntermediateSize: integer("intermediate_size", 2048),
    slidingWindow: constant("slidingWindow", null),
  },
  keys: { fixed: { partial_rotary_factor: 1, hidden_act: "silu", clip_qkv: null } },
  traits: (config) => ({ ...attentionBiases(config), qkNorm: "full" }),
  gguf: {
    architecture: "olmoe",
    isPaired: false,
    numbers: {
      num_experts: { key: "expert_count", type: "uint32" },
      num_experts_per_tok: { key: "expert_used_count", type: "uint32" },
    },
    builtIn: { norm_topk_prob: false },
  },
};
