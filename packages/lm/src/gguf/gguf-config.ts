/** @file The configuration of a model from the header of its GGUF file, in the form of Hugging Face's config.json. */
import type { GgufFile } from "@deepgrain/tensor-gpu";
import { families, type GgufForm, type ModelConfig, parseConfig } from "../config";
import { LmError } from "../errors";
import { checkVocabulary } from "./check-vocabulary";
import { frequencyScaling, type GgufHeader, longRope, ropeScaling } from "./gguf-scaling";
import { type GgufValues, ggufValues } from "./gguf-values";

/** A GGUF architecture in terms of Hugging Face's `model_type`. */
interface Architecture {
  modelType: (values: GgufValues, name: string) => string;
  /** Keys in addition to those that all families share. */
  own?: ((values: GgufValues, name: string, shared: Shared) => Record<string, unknown>) | undefined;
}

/** Keys that all families share. */
interface Shared {
  hidden_size: number;
  num_attention_heads: number;
  num_hidden_layers: number;
  head_dim: number;
}

const experts = (values: GgufValues, name: string) => ({
  num_experts: values.needed(`${name}.expert_count`),
  num_experts_per_tok: values.needed(`${name}.expert_used_count`),
});

const window = (values: GgufValues, name: string) => ({
  sliding_window: values.number(`${name}.attention.sliding_window`) || null,
});

/** Gemma scales scores by the head size, but its largest model uses hidden size / heads. */
const gemmaScalar = (shared: Shared, largestLayers: number) => ({
  query_pre_attn_scalar:
    shared.num_hidden_layers === largestLayers
      ? shared.hidden_size / shared.num_attention_heads
      : shared.head_dim,
});

/** Number of the sigmoid among llama.cpp's gates of experts. */
const SIGMOID_GATE = 2;

const deepseekExperts = (values: GgufValues, name: string) => ({
  n_routed_experts: values.needed(`${name}.expert_count`),
  num_experts_per_tok: values.needed(`${name}.expert_used_count`),
  n_shared_experts: values.number(`${name}.expert_shared_count`) || null,
  moe_intermediate_size: values.needed(`${name}.expert_feed_forward_length`),
  first_k_dense_replace: values.number(`${name}.leading_dense_block_count`) ?? 0,
  moe_layer_freq: 1,
  norm_topk_prob: values.flag(`${name}.expert_weights_norm`) ?? false,
  routed_scaling_factor: values.number(`${name}.expert_weights_scale`) || 1,
});

/** Without groups in the file, experts are chosen among all, as llama.cpp does. */
function expertGroups(values: GgufValues, name: string) {
  const isSigmoid = values.number(`${name}.expert_gating_func`) === SIGMOID_GATE;
  const n_group = values.number(`${name}.expert_group_count`) ?? 1;
  const topk_group = values.number(`${name}.expert_group_used_count`) ?? 1;
  const grouped = n_group > 1 ? "group_limited_greedy" : "greedy";
  return { n_group, topk_group, topk_method: isSigmoid ? "noaux_tc" : grouped };
}

/** Sizes of latent attention; newer files keep those of the heads apart from those of the cached latents. */
function latentSizes(values: GgufValues, name: string) {
  const rope = values.needed(`${name}.rope.dimension_count`);
  const of = (part: "key" | "value") =>
    values.number(`${name}.attention.${part}_length_mla`) ??
    values.needed(`${name}.attention.${part}_length`);
  return {
    q_lora_rank: values.number(`${name}.attention.q_lora_rank`) || null,
    kv_lora_rank: values.needed(`${name}.attention.kv_lora_rank`),
    qk_rope_head_dim: rope,
    qk_nope_head_dim: of("key") - rope,
    v_head_dim: of("value"),
  };
}

/** The families that are described in one piece. */
const described = Object.entries(families as Readonly<Record<string, { gguf: GgufForm }>>).map(
  ([modelType, { gguf }]): [string, Architecture] => [
    gguf.architecture,
    {
      modelType: () => modelType,
      own: (values, name) => ({
        ...Object.fromEntries(
          Object.entries(gguf.numbers ?? {}).map(([key, number]) => [
            key,
            values.needed(`${name}.${number.key}`),
          ]),
        ),
        ...gguf.builtIn,
      }),
    },
  ],
);

/** Phi-3's files may rotate a part of each head. */
function partialRotation(values: GgufValues, name: string, shared: Shared) {
  const size =
    values.number(`${name}.attention.key_length`) ??
    shared.hidden_size / shared.num_attention_heads;
  const rotated = values.number(`${name}.rope.dimension_count`) ?? size;
  return { ...window(values, name), head_dim: size, partial_rotary_factor: rotated / size };
}

const architectures: Readonly<Record<string, Architecture>> = {
  llama: {
    modelType(values, name) {
      if (values.number(`${name}.expert_count`)) return "mixtral";
      return values.number(`${name}.attention.sliding_window`) ? "mistral" : "llama";
    },
    own(values, name) {
      if (!values.number(`${name}.expert_count`)) return window(values, name);
      const { num_experts: num_local_experts, ...rest } = experts(values, name);
      return { num_local_experts, ...rest };
    },
  },
  qwen2: { modelType: () => "qwen2" },
  qwen3: { modelType: () => "qwen3" },
  qwen2moe: {
    modelType: () => "qwen2_moe",
    own: (values, name) => ({
      ...experts(values, name),
      moe_intermediate_size: values.needed(`${name}.expert_feed_forward_length`),
      shared_expert_intermediate_size: values.needed(`${name}.expert_shared_feed_forward_length`),
    }),
  },
  qwen3moe: {
    modelType: () => "qwen3_moe",
    own: (values, name) => ({
      ...experts(values, name),
      moe_intermediate_size: values.needed(`${name}.expert_feed_forward_length`),
      norm_topk_prob: true,
    }),
  },
  gemma2: {
    modelType: () => "gemma2",
    own: (values, name, shared) => ({
      ...window(values, name),
      ...gemmaScalar(shared, 46),
      attn_logit_softcapping: values.number(`${name}.attn_logit_softcapping`) ?? null,
      final_logit_softcapping: values.number(`${name}.final_logit_softcapping`) ?? null,
    }),
  },
  gemma3: {
    modelType: () => "gemma3_text",
    own: (values, name, shared) => ({
      ...window(values, name),
      ...gemmaScalar(shared, 62),
      final_logit_softcapping: values.number(`${name}.final_logit_softcapping`) ?? null,
    }),
  },
  phi3: { modelType: () => "phi3", own: partialRotation },
  olmo2: { modelType: () => "olmo2" },
  deepseek: {
    modelType: () => "deepseek",
    own: (values, name) => ({ ...deepseekExperts(values, name), head_dim: undefined }),
  },
  deepseek2: {
    modelType: (values, name) =>
      values.number(`${name}.expert_gating_func`) === SIGMOID_GATE ? "deepseek_v3" : "deepseek_v2",
    own: (values, name, shared) => ({
      ...deepseekExperts(values, name),
      ...expertGroups(values, name),
      ...latentSizes(values, name),
      num_key_value_heads: shared.num_attention_heads,
      head_dim: undefined,
    }),
  },
  ...Object.fromEntries(described),
};

/** Names of the architectures that can be read. */
const ggufArchitectures: readonly string[] = Object.keys(architectures);

/** The architecture's name. @throws {LmError} `ERR_CONFIG` for one that cannot be read */
export function architectureOf(file: Pick<GgufFile, "values">): string {
  const name = ggufValues(file).text("general.architecture");
  if (name !== undefined && Object.hasOwn(architectures, name)) return name;
  throw new LmError(
    "ERR_CONFIG",
    `lm/gguf: general.architecture must be one of ${ggufArchitectures.join(", ")}, got ${name ?? "nothing"}`,
    { fields: { key: "general.architecture", value: name } },
  );
}

function sharedKeys(values: GgufValues, name: string) {
  const of = (key: string) => values.needed(`${name}.${key}`);
  const [hidden, heads] = [of("embedding_length"), of("attention.head_count")];
  return {
    hidden_size: hidden,
    intermediate_size: values.number(`${name}.feed_forward_length`) ?? hidden,
    num_hidden_layers: of("block_count"),
    num_attention_heads: heads,
    num_key_value_heads: values.number(`${name}.attention.head_count_kv`) ?? heads,
    head_dim:
      values.number(`${name}.attention.key_length`) ??
      values.number(`${name}.rope.dimension_count`) ??
      hidden / heads,
    max_position_embeddings: of("context_length"),
    rms_norm_eps: of("attention.layer_norm_rms_epsilon"),
    rope_theta: values.number(`${name}.rope.freq_base`) ?? 10_000,
  };
}

/**
 * The configuration that a GGUF file implies.
 * @throws {LmError} `ERR_CONFIG` for another architecture, `ERR_FORMAT` for keys that are missing or of another type,
 *   `ERR_SHAPE` for a vocabulary of another size than the embedding
 */
export async function ggufConfig(file: GgufHeader): Promise<ModelConfig> {
  const values = ggufValues(file);
  const name = architectureOf(file);
  const { modelType, own } = architectures[name]!;
  const shared = sharedKeys(values, name);
  const scaling =
    (await longRope(file, values, name)) ??
    (await frequencyScaling(file, shared)) ??
    ropeScaling(values, name);
  const embedding = file.has("token_embd.weight") ? file.info("token_embd.weight").shape : [];
  checkVocabulary(values.list("tokenizer.ggml.tokens")?.length, embedding[0]);
  const json: Record<string, unknown> = {
    model_type: modelType(values, name),
    ...shared,
    ...own?.(values, name, shared),
    vocab_size: embedding[0] ?? values.needed(`${name}.vocab_size`),
    tie_word_embeddings: !file.has("output.weight"),
    attention_bias: file.has("blk.0.attn_output.bias"),
    qkv_bias: file.has("blk.0.attn_q.bias"),
    rope_scaling: scaling,
    bos_token_id: values.number("tokenizer.ggml.bos_token_id") ?? null,
    eos_token_id: values.number("tokenizer.ggml.eos_token_id") ?? null,
  };
  for (const key of parseConfig(json).unknownKeys) delete json[key]; // those of other families
  return parseConfig(json);
}
