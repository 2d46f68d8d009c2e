import type { ConfigFields } from "./config-fields";
import { type MoeLayout, projections } from "./moe-layout";
import { softmaxRouter } from "./softmax-router";

/**
 * Qwen2-MoE and Qwen3-MoE: block i has routed experts unless `mlp_only_layers` lists it or i + 1 is not a multiple of
 * `decoder_sparse_step`. Qwen2 has one wide shared expert behind a sigmoid gate, Qwen3 none.
 * @see Qwen team 2024 (Qwen1.5-MoE) and 2025 (Qwen3 Technical Report), configuration classes in Transformers
 */
export function qwenLayout(family: "qwen2_moe" | "qwen3_moe", fields: ConfigFields): MoeLayout {
  const nLayers = fields.layers();
  const denseLayers = new Set(fields.integers("mlp_only_layers"));
  const step = Math.max(fields.integer("decoder_sparse_step", 1), 1);
  const experts = fields.experts("num_experts");
  const topK = fields.integer("num_experts_per_tok");
  const expertSize = fields.integer("moe_intermediate_size");
  const hasShared = family === "qwen2_moe";
  const mlp = (layer: number) => `model.layers.${layer}.mlp`;
  return {
    family,
    nLayers,
    moeLayers: [...Array(nLayers).keys()].filter(
      (i) => !denseLayers.has(i) && (i + 1) % step === 0,
    ),
    nRouted: experts,
    nShared: hasShared ? fields.integer("shared_expert_intermediate_size") / expertSize : 0,
    topK,
    hiddenSize: fields.integer("hidden_size"),
    expertSize,
    router: softmaxRouter(experts, topK, fields.boolean("norm_topk_prob", false)),
    gateTensor: (layer) => `${mlp(layer)}.gate.weight`,
    biasTensor: () => null,
    expertTensors: (layer, expert) => projections(`${mlp(layer)}.experts.${expert}`),
    sharedTensors: (layer) =>
      hasShared
        ? [
            ...Object.values(projections(`${mlp(layer)}.shared_expert`)),
            `${mlp(layer)}.shared_expert_gate.weight`,
          ]
        : [],
  };
}
