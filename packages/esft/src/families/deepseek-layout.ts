import type { ConfigFields } from "./config-fields";
import { type MoeLayout, projections, type RouterSettings } from "./moe-layout";

type DeepseekFamily = "deepseek" | "deepseek_v2" | "deepseek_v3";

function routerOf(family: DeepseekFamily, fields: ConfigFields): RouterSettings {
  const isV3 = family === "deepseek_v3";
  const method = fields.oneOf(
    "topk_method",
    ["greedy", "group_limited_greedy", "noaux_tc"],
    isV3 ? "noaux_tc" : "greedy",
  );
  const groups = method === "greedy" ? 1 : fields.integer("n_group", isV3 ? 8 : 1);
  return {
    experts: fields.experts("n_routed_experts"),
    topK: fields.integer("num_experts_per_tok"),
    scoring: fields.oneOf("scoring_func", ["softmax", "sigmoid"], isV3 ? "sigmoid" : "softmax"),
    method,
    groups,
    groupsKept: method === "greedy" ? 1 : fields.integer("topk_group", isV3 ? 4 : groups),
    normTopkProb: fields.boolean("norm_topk_prob", isV3),
    scale: family === "deepseek" ? 1 : fields.number("routed_scaling_factor", isV3 ? 2.5 : 1),
    family,
  };
}

/**
 * DeepSeek V1, V2 and V3: block i has routed experts iff i ≥ `first_k_dense_replace` and i is a multiple of
 * `moe_layer_freq`.
 * @see released `config.json` and `modeling_deepseek.py` of deepseek-moe-16b, DeepSeek-V2-Lite and DeepSeek-V3
 */
export function deepseekLayout(family: DeepseekFamily, fields: ConfigFields): MoeLayout {
  const router = routerOf(family, fields);
  const nLayers = fields.layers();
  const firstDense = fields.integer("first_k_dense_replace", family === "deepseek_v3" ? 3 : 0);
  const frequency = Math.max(fields.integer("moe_layer_freq", 1), 1);
  const nShared = fields.integer("n_shared_experts", 0);
  const mlp = (layer: number) => `model.layers.${layer}.mlp`;
  return {
    family,
    nLayers,
    moeLayers: [...Array(nLayers).keys()].filter((i) => i >= firstDense && i % frequency === 0),
    nRouted: router.experts,
    nShared,
    topK: router.topK,
    hiddenSize: fields.integer("hidden_size"),
    expertSize: fields.integer("moe_intermediate_size"),
    router,
    gateTensor: (layer) => `${mlp(layer)}.gate.weight`,
    biasTensor: (layer) =>
      router.method === "noaux_tc" ? `${mlp(layer)}.gate.e_score_correction_bias` : null,
    expertTensors: (layer, expert) => projections(`${mlp(layer)}.experts.${expert}`),
    sharedTensors: (layer) =>
      nShared === 0 ? [] : Object.values(projections(`${mlp(layer)}.shared_experts`)),
  };
}
