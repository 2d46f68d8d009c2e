import type { JointBalanceConfig } from "../base-config";
import { decoderFields, expertFields } from "../decoder-fields";
import { attentionBiases, expertNames, type Family } from "../family";
import { constant, integer } from "../field";
import {
  type GraniteMultipliers,
  graniteSizes,
  multiplierNumbers,
  multipliers,
  multiplierTraits,
} from "./granite";

/** Granite's mixtures: experts in every layer, stored as stacks; a softmax over the chosen experts. */
export interface GraniteMoeConfig extends JointBalanceConfig, GraniteMultipliers {
  modelType: "granitemoe";
}

export const granitemoe: Family<GraniteMoeConfig> = {
  fields: {
    ...decoderFields({ architecture: "GraniteMoeForCausalLM", ...graniteSizes }),
    ...multipliers,
    ...expertFields({ count: "num_local_experts", topK: 2 }, 8),
    normTopkProb: constant("normTopkProb", true),
    moeIntermediateSize: integer("intermediate_size", 11008),
    slidingWindow: constant("slidingWindow", null),
  },
  keys: { fixed: { partial_rotary_factor: 1, hidden_act: "silu" } },
  traits: (config) => ({
    ...attentionBiases(config),
    ...multiplierTraits(config),
    experts: {
      ...expertNames,
      layer: "block_sparse_moe",
      router: "router.layer",
      stacks: { gateUp: "input_linear", down: "output_linear" },
    },
  }),
  gguf: {
    architecture: "granitemoe",
    isPaired: true,
    numbers: {
      ...multiplierNumbers,
      num_local_experts: { key: "expert_count", type: "uint32" },
      num_experts_per_tok: { key: "expert_used_count", type: "uint32" },
    },
  },
};
