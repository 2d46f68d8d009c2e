/** @file Golden models of Hugging Face folders as GGUF files, by the names and orders that llama.cpp's converter uses. */
import { readFileSync } from "node:fs";
import { openCheckpoint } from "@deepgrain/tensor-gpu";
import { f32Bytes, type GgufToWrite, writeGguf } from "@deepgrain/vitest/write-gguf";

// biome-ignore lint/suspicious/noExplicitAny: configurations of many families, whose keys tests know
type Json = Record<string, any>;

/** GGUF's name of each family. */
export const architectureNames: Readonly<Record<string, string>> = {
  llama: "llama",
  mistral: "llama",
  mixtral: "llama",
  qwen2: "qwen2",
  qwen3: "qwen3",
  qwen2_moe: "qwen2moe",
  qwen3_moe: "qwen3moe",
  gemma2: "gemma2",
  gemma3_text: "gemma3",
  phi3: "phi3",
  olmo2: "olmo2",
  deepseek: "deepseek",
  deepseek_v2: "deepseek2",
  olmoe: "olmoe",
  granite: "granite",
  granitemoe: "granitemoe",
  smollm3: "smollm3",
};

const rename: [RegExp, string][] = [
  [/^model\.embed_tokens\./, "token_embd."],
  [/^model\.norm\./, "output_norm."],
  [/^lm_head\./, "output."],
  [/^model\.layers\.(\d+)\./, "blk.$1."],
  [/self_attn\.([qkv])_proj\./, "attn_$1."],
  [/self_attn\.qkv_proj\./, "attn_qkv."],
  [/self_attn\.o_proj\./, "attn_output."],
  [/self_attn\.([qk])_norm\./, "attn_$1_norm."],
  [/self_attn\.(q|kv)_a_layernorm\./, "attn_$1_a_norm."],
  [/self_attn\.(q_a|q_b|kv_b)_proj\./, "attn_$1."],
  [/self_attn\.kv_a_proj_with_mqa\./, "attn_kv_a_mqa."],
  [/input_layernorm/, "attn_norm"],
  [/pre_feedforward_layernorm/, "ffn_norm"],
  [/post_feedforward_layernorm/, "post_ffw_norm"],
  [/(mlp|block_sparse_moe)\.gate\./, "ffn_gate_inp."],
  [/block_sparse_moe\.router\.layer\./, "ffn_gate_inp."],
  [/block_sparse_moe\.output_linear\./, "ffn_down_exps."],
  [/mlp\.shared_expert_gate\./, "ffn_gate_inp_shexp."],
  [/mlp\.shared_experts?\.(gate|up|down)_proj\./, "ffn_$1_shexp."],
  [/mlp\.gate_up_proj\./, "ffn_up."],
  [/mlp\.(gate|up|down)_proj\./, "ffn_$1."],
];

const halvesToPairs = (data: Float32Array, heads: number, rows: number): Float32Array => {
  const [size, columns] = [rows / heads, data.length / rows];
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const [head, i, half] = [Math.floor(row / size), Math.floor((row % size) / 2), row % 2];
    const from = head * size + half * (size / 2) + i;
    out.set(data.subarray(from * columns, (from + 1) * columns), row * columns);
  }
  return out;
};

/** Architectures whose converter turns halves into neighbours. */
const pairedArchitectures = ["llama", "deepseek", "granite", "granitemoe", "smollm3"];

const expertMatrix: Record<string, string> = {
  w1: "gate",
  w2: "down",
  w3: "up",
  gate_proj: "gate",
  up_proj: "up",
  down_proj: "down",
};

/** The keys of DeepSeek's files for experts, latents and YaRN. */
function deepseekValues(
  config: Json,
  isSplit: boolean,
): Record<string, string | number | string[]> {
  if (!config.model_type.startsWith("deepseek")) return {};
  const experts = {
    expert_count: config.n_routed_experts,
    expert_used_count: config.num_experts_per_tok,
    expert_shared_count: config.n_shared_experts,
    expert_weights_scale: config.routed_scaling_factor ?? 1,
    leading_dense_block_count: config.first_k_dense_replace,
  };
  if (config.model_type === "deepseek") return experts;
  const [nope, rope] = [config.qk_nope_head_dim, config.qk_rope_head_dim];
  const scaling = config.rope_scaling;
  return {
    ...experts,
    ...(config.n_group > 1
      ? { expert_group_count: config.n_group, expert_group_used_count: config.topk_group }
      : {}),
    ...(config.q_lora_rank ? { "attention.q_lora_rank": config.q_lora_rank } : {}),
    "attention.kv_lora_rank": config.kv_lora_rank,
    "attention.head_count_kv": isSplit ? 1 : config.num_attention_heads,
    "attention.key_length": isSplit ? config.kv_lora_rank + rope : nope + rope,
    "attention.value_length": isSplit ? config.kv_lora_rank : config.v_head_dim,
    ...(isSplit
      ? { "attention.key_length_mla": nope + rope, "attention.value_length_mla": config.v_head_dim }
      : {}),
    "rope.dimension_count": rope,
    ...(scaling
      ? {
          "rope.scaling.type": "yarn",
          "rope.scaling.factor": scaling.factor,
          "rope.scaling.original_context_length": scaling.original_max_position_embeddings,
          "rope.scaling.yarn_log_multiplier": 0.1 * scaling.mscale_all_dim,
        }
      : {}),
  };
}

/** Keys' part, transposed per head, and values' part of a projection of latents. */
function splitLatents(config: Json, data: Float32Array) {
  const [heads, rank] = [config.num_attention_heads, config.kv_lora_rank];
  const [keys, values] = [config.qk_nope_head_dim, config.v_head_dim];
  const rows = (head: number, from: number, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const at = (head * (keys + values) + from + i) * rank;
      return [...data.subarray(at, at + rank)];
    });
  const all = Array.from({ length: heads }, (_, head) => head);
  const keyParts = all.flatMap((head) => {
    const matrix = rows(head, 0, keys);
    return Array.from({ length: rank }, (_, j) => matrix.map((row) => row[j]!)).flat();
  });
  return {
    k: { shape: [heads, rank, keys], data: Float32Array.from(keyParts) },
    v: {
      shape: [heads, values, rank],
      data: Float32Array.from(all.flatMap((head) => rows(head, keys, values).flat())),
    },
  };
}

/** llama.cpp's converter leaves the size out where it follows from the width. */
const isWithoutKeyLength = ({ model_type: type }: Json) =>
  ["deepseek", "phi3", "granite", "granitemoe", "olmoe"].includes(type);

/** LongRoPE's factors, which files hold as tensors. */
const factorTensors = ({ rope_scaling: scaling }: Json): GgufToWrite[] =>
  ["short", "long"].flatMap((kind) => {
    const data = scaling?.[`${kind}_factor`];
    const name = `rope_factors_${kind}.weight`;
    return data
      ? [{ name, shape: [data.length], type: 0, bytes: f32Bytes(Float32Array.from(data)) }]
      : [];
  });

/** Gates and ups of all experts, apart. */
function splitHalves([experts = 0, rows = 0, width = 0]: readonly number[], data: Float32Array) {
  const size = (rows / 2) * width;
  const part = (half: number) =>
    Float32Array.from(
      Array.from({ length: experts }, (_, e) => [
        ...data.subarray((2 * e + half) * size, (2 * e + half + 1) * size),
      ]).flat(),
    );
  return { shape: [experts, rows / 2, width], gate: part(0), up: part(1) };
}

function valuesOf(config: Json, name: string): Record<string, string | number | string[]> {
  const optional = (key: string, value: number | null | undefined) =>
    value === null || value === undefined ? {} : { [`${name}.${key}`]: value };
  const headDim = config.head_dim ?? config.hidden_size / config.num_attention_heads;
  return {
    "general.architecture": name,
    [`${name}.context_length`]: config.max_position_embeddings,
    [`${name}.embedding_length`]: config.hidden_size,
    [`${name}.block_count`]: config.num_hidden_layers,
    [`${name}.feed_forward_length`]: config.intermediate_size,
    [`${name}.attention.head_count`]: config.num_attention_heads,
    [`${name}.attention.head_count_kv`]: config.num_key_value_heads,
    ...optional("attention.key_length", isWithoutKeyLength(config) ? null : headDim),
    ...optional(
      "rope.dimension_count",
      config.partial_rotary_factor && headDim * config.partial_rotary_factor,
    ),
    ...optional("embedding_scale", config.embedding_multiplier),
    ...optional("attention.scale", config.attention_multiplier),
    ...optional("residual_scale", config.residual_multiplier),
    ...optional("logit_scale", config.logits_scaling),
    ...optional(
      "rope.scaling.original_context_length",
      config.rope_scaling?.short_factor && config.original_max_position_embeddings,
    ),
    [`${name}.attention.layer_norm_rms_epsilon`]: config.rms_norm_eps,
    [`${name}.rope.freq_base`]: config.rope_theta ?? 10000,
    ...optional("attention.sliding_window", config.sliding_window),
    ...optional("expert_count", config.num_local_experts ?? config.num_experts),
    ...optional("expert_used_count", config.num_experts_per_tok),
    ...optional("expert_feed_forward_length", config.moe_intermediate_size),
    ...optional("expert_shared_feed_forward_length", config.shared_expert_intermediate_size),
    ...optional("attn_logit_softcapping", config.attn_logit_softcapping),
    ...optional("final_logit_softcapping", config.final_logit_softcapping),
  };
}

/**
 * A golden folder's model as a GGUF file in float32.
 * @param isSplit whether the projection of latents is stored as two tensors, as newer files do
 */
export async function goldenGguf(
  folder: string,
  changes: Record<string, string | number | string[]> = {},
  isSplit = false,
) {
  const config: Json = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));
  const architecture = architectureNames[config.model_type]!;
  const isGemma = architecture.startsWith("gemma");
  const file = await openCheckpoint(folder);
  const tensors: GgufToWrite[] = factorTensors(config);
  const stacks = new Map<string, { shape: number[]; parts: Float32Array[] }>();
  for (const name of file.names) {
    const { shape, data } = await file.readFloat32(name);
    const expert = /^model\.layers\.(\d+)\..*\.experts\.(\d+)\.(\w+)\.weight$/.exec(name);
    if (expert) {
      const stack = `blk.${expert[1]}.ffn_${expertMatrix[expert[3]!]}_exps.weight`;
      const entry = stacks.get(stack) ?? { shape: [...shape], parts: [] };
      entry.parts[Number(expert[2])] = data;
      stacks.set(stack, entry);
      continue;
    }
    let own = rename.reduce((text, [from, to]) => text.replace(from, to), name);
    const hasBoth = isGemma || architecture === "olmo2";
    own = own.replace("post_attention_layernorm", hasBoth ? "post_attention_norm" : "ffn_norm");
    let numbers = data;
    const projection = /\.attn_([qk])\.(weight|bias)$/.exec(own);
    if (projection && pairedArchitectures.includes(architecture)) {
      const heads = projection[1] === "q" ? config.num_attention_heads : config.num_key_value_heads;
      numbers = halvesToPairs(data, heads, shape[0]!);
    }
    if (own.endsWith("input_linear.weight")) {
      const { shape: half, ...parts } = splitHalves(shape, data);
      for (const [part, numbers] of Object.entries(parts))
        tensors.push({
          name: own.replace("block_sparse_moe.input_linear", `ffn_${part}_exps`),
          shape: half,
          type: 0,
          bytes: f32Bytes(numbers),
        });
      continue;
    }
    if (isSplit && own.endsWith("attn_kv_b.weight")) {
      for (const [part, one] of Object.entries(splitLatents(config, data)))
        tensors.push({
          name: own.replace("kv_b", `${part}_b`),
          shape: one.shape,
          type: 0,
          bytes: f32Bytes(one.data),
        });
      continue;
    }
    if (isGemma && own.endsWith("norm.weight")) numbers = data.map((x) => x + 1);
    const flat = own.includes("ffn_gate_inp_shexp") ? [shape[1]!] : shape;
    tensors.push({ name: own, shape: flat, type: 0, bytes: f32Bytes(numbers) });
  }
  for (const [name, { shape, parts }] of stacks) {
    const all = Float32Array.from(parts.flatMap((part) => [...part]));
    tensors.push({ name, shape: [parts.length, ...shape], type: 0, bytes: f32Bytes(all) });
  }
  await file.close();
  const own = Object.entries(deepseekValues(config, isSplit));
  const values = Object.fromEntries(own.map(([key, value]) => [`${architecture}.${key}`, value]));
  return writeGguf({ ...valuesOf(config, architecture), ...values, ...changes }, tensors);
}
