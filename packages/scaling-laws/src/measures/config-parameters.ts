import { having, ScalingLawsError, whole } from "../errors";
import { decoderParameters } from "./decoder-parameters";

/** The scale of a model, read from its config.json. */
export interface ConfigScale {
  /** Non-embedding parameters that a token passes; of experts only the chosen and the shared ones. */
  activated: number;
  layers: number;
  width: number;
  /** heads · head width. */
  attentionWidth: number;
  vocab: number;
}

type Json = Readonly<Record<string, unknown>>;

function counts<K extends string>(json: Json, keys: readonly K[]): Record<K, number> {
  const values = keys.map((key) => [key, whole("configScale", key, json[key], { min: 1 })]);
  return Object.fromEntries(values) as Record<K, number>;
}

function gpt2Scale(json: Json): ConfigScale {
  const keys = ["n_embd", "n_layer", "n_head", "vocab_size"] as const;
  const { n_embd: width, n_layer: layers, vocab_size: vocab } = counts(json, keys);
  const inner = (json.n_inner as number | null | undefined) ?? 4 * width;
  const attention = 4 * width ** 2 + 4 * width;
  const feedForward = 2 * width * inner + inner + width;
  const activated = layers * (attention + feedForward + 4 * width) + 2 * width;
  return { activated, layers, width, attentionWidth: width, vocab };
}

/** The change in activated parameters per layer if experts replace a dense network. */
function expertDifference(json: Json, width: number, intermediate: number): number {
  const {
    n_routed_experts: experts,
    num_experts_per_tok: topK,
    moe_intermediate_size: inner,
  } = counts(json, ["n_routed_experts", "num_experts_per_tok", "moe_intermediate_size"]);
  const shared = (json.n_shared_experts as number | null | undefined) ?? 0;
  return 3 * width * inner * (topK + shared) + width * experts - 3 * width * intermediate;
}

/**
 * Counts what a token passes in a model, from its config.json in Hugging Face's layout: `model_type` "llama", "gpt2" or
 * "deepseek" (DeepSeekMoE).
 *
 * @throws {ScalingLawsError} `ERR_UNSUPPORTED` for another `model_type`, `ERR_RANGE` for sizes that are missing or no
 *   whole numbers
 */
export function configScale(json: Json): ConfigScale {
  having("configScale", "json", json);
  if (json.model_type === "gpt2") return gpt2Scale(json);
  if (json.model_type !== "llama" && json.model_type !== "deepseek")
    throw new ScalingLawsError(
      "ERR_UNSUPPORTED",
      `scaling-laws/configScale: model_type must be llama, gpt2 or deepseek, got ${JSON.stringify(json.model_type)}; pass the model scale M instead`,
      { fields: { modelType: json.model_type } },
    );
  const keys = [
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "vocab_size",
  ] as const;
  const sizes = counts(json, keys);
  const { hidden_size: width, num_hidden_layers: layers, intermediate_size: intermediate } = sizes;
  const { nonEmbedding, attentionWidth } = decoderParameters({
    layers,
    width,
    heads: sizes.num_attention_heads,
    kvHeads: typeof json.num_key_value_heads === "number" ? json.num_key_value_heads : undefined,
    headWidth: typeof json.head_dim === "number" ? json.head_dim : undefined,
    intermediate,
    vocab: sizes.vocab_size,
  });
  const scale = { layers, width, attentionWidth, vocab: sizes.vocab_size };
  if (json.model_type === "llama" || (json.n_routed_experts ?? null) === null)
    return { activated: nonEmbedding, ...scale };
  const first = (json.first_k_dense_replace as number | undefined) ?? 0;
  const every = (json.moe_layer_freq as number | undefined) ?? 1;
  const withExperts = Array.from({ length: layers }, (_, i) => i >= first && i % every === 0);
  const expertLayers = withExperts.filter(Boolean).length;
  return {
    activated: nonEmbedding + expertLayers * expertDifference(json, width, intermediate),
    ...scale,
  };
}
