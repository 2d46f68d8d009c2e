import type { ConfigFields } from "./config-fields";
import type { MoeLayout } from "./moe-layout";
import { softmaxRouter } from "./softmax-router";

/**
 * Mixtral: every block has routed experts; softmax over the chosen logits, which equals softmax over all logits, with
 * the chosen ones normalised. w1 is the gate matrix, w3 up, w2 down.
 * @see Jiang et al. 2024 (Mixtral of Experts), section 2.1
 */
export function mixtralLayout(fields: ConfigFields): MoeLayout {
  const nLayers = fields.layers();
  const experts = fields.experts("num_local_experts", 8);
  const topK = fields.integer("num_experts_per_tok", 2);
  const moe = (layer: number) => `model.layers.${layer}.block_sparse_moe`;
  return {
    family: "mixtral",
    nLayers,
    moeLayers: [...Array(nLayers).keys()],
    nRouted: experts,
    nShared: 0,
    topK,
    hiddenSize: fields.integer("hidden_size"),
    expertSize: fields.integer("intermediate_size"),
    router: softmaxRouter(experts, topK, true),
    gateTensor: (layer) => `${moe(layer)}.gate.weight`,
    biasTensor: () => null,
    expertTensors: (layer, expert) => ({
      gate: `${moe(layer)}.experts.${expert}.w1.weight`,
      up: `${moe(layer)}.experts.${expert}.w3.weight`,
      down: `${moe(layer)}.experts.${expert}.w2.weight`,
    }),
    sharedTensors: () => [],
  };
}
