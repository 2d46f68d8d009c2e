import { describe, expect, it } from "vitest";
import { parseConfig, parseEncoderConfig } from "../../src";
import { supportedModelTypes } from "../../src/config";
import { encoderTypes } from "../../src/config/encoder-types";
import { familyFields } from "../../src/config/family-fields";
import type { Fields } from "../../src/config/field";
import { encoderFamilies } from "../../src/encoder/families";

/** Arguments that all classes of decoders with rotary positions share. */
const rotary = [
  ...["vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers"],
  ...["num_attention_heads", "num_key_value_heads", "hidden_act", "max_position_embeddings"],
  ...["initializer_range", "rms_norm_eps", "use_cache", "pad_token_id", "bos_token_id"],
  ...["eos_token_id", "tie_word_embeddings", "rope_theta", "rope_scaling", "rope_parameters"],
  "attention_dropout",
];
const window = ["use_sliding_window", "sliding_window", "max_window_layers", "layer_types"];
const qwenExperts = [
  ...["decoder_sparse_step", "moe_intermediate_size", "num_experts_per_tok", "num_experts"],
  ...["norm_topk_prob", "output_router_logits", "router_aux_loss_coef", "mlp_only_layers"],
];
const gemma = [
  ...["head_dim", "hidden_activation", "attention_bias", "query_pre_attn_scalar"],
  ...["sliding_window", "layer_types", "final_logit_softcapping", "attn_logit_softcapping"],
  ...["cache_implementation", "use_bidirectional_attention"],
];
const granite = [
  ...["attention_bias", "embedding_multiplier", "attention_multiplier", "residual_multiplier"],
  "logits_scaling",
];
const deepseek = [
  ...["moe_intermediate_size", "n_shared_experts", "n_routed_experts", "num_experts_per_tok"],
  ...["moe_layer_freq", "first_k_dense_replace", "norm_topk_prob", "scoring_func"],
  ...["aux_loss_alpha", "seq_aux", "attention_bias", "pretraining_tp"],
];
const latent = [
  ...deepseek,
  ...["ep_size", "routed_scaling_factor", "kv_lora_rank", "q_lora_rank", "qk_rope_head_dim"],
  ...["v_head_dim", "qk_nope_head_dim", "topk_method", "n_group", "topk_group", "head_dim"],
];
const bert = [
  ...["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "hidden_act"],
  ...["intermediate_size", "hidden_dropout_prob", "attention_probs_dropout_prob"],
  ...["max_position_embeddings", "type_vocab_size", "initializer_range", "layer_norm_eps"],
  ...["pad_token_id", "position_embedding_type", "use_cache", "classifier_dropout"],
  ...["is_decoder", "add_cross_attention", "bos_token_id", "eos_token_id", "tie_word_embeddings"],
];
/** Arguments of transformers' classes (4.57, and 5.0's `rope_parameters`), and of DeepSeek's released ones. */
const classes: Readonly<Record<string, readonly string[]>> = {
  llama: [...rotary, "head_dim", "attention_bias", "mlp_bias", "pretraining_tp"],
  gpt2: [
    ...["vocab_size", "n_positions", "n_embd", "n_layer", "n_head", "n_inner", "resid_pdrop"],
    ...["activation_function", "embd_pdrop", "attn_pdrop", "layer_norm_epsilon", "use_cache"],
    ...["initializer_range", "summary_type", "summary_use_proj", "summary_activation"],
    ...["summary_proj_to_labels", "summary_first_dropout", "scale_attn_weights", "bos_token_id"],
    ...["eos_token_id", "scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn"],
    ...["pad_token_id", "tie_word_embeddings", "add_cross_attention"],
  ],
  deepseek: [...rotary, ...deepseek],
  deepseek_v2: [...rotary, ...latent, "mlp_bias"],
  deepseek_v3: [...rotary, ...latent, "num_nextn_predict_layers", "rope_interleave"],
  qwen2: [...rotary, ...window],
  qwen3: [...rotary, ...window, "head_dim", "attention_bias"],
  qwen2_moe: [...rotary, ...window, ...qwenExperts, "shared_expert_intermediate_size", "qkv_bias"],
  qwen3_moe: [...rotary, ...window, ...qwenExperts, "head_dim", "attention_bias"],
  mistral: [...rotary, "head_dim", "sliding_window"],
  mixtral: [
    ...rotary,
    ...["head_dim", "sliding_window", "num_experts_per_tok", "num_local_experts"],
    ...["output_router_logits", "router_aux_loss_coef", "router_jitter_noise"],
  ],
  gemma2: [...rotary.filter((key) => key !== "hidden_act"), ...gemma],
  gemma3_text: [
    ...rotary.filter((key) => key !== "hidden_act"),
    ...gemma,
    ...["rope_local_base_freq", "sliding_window_pattern"],
  ],
  phi3: [
    ...rotary,
    ...["resid_pdrop", "embd_pdrop", "original_max_position_embeddings", "sliding_window"],
    "partial_rotary_factor",
  ],
  olmo2: [...rotary, "attention_bias"],
  olmoe: [
    ...rotary,
    ...["attention_bias", "clip_qkv", "num_experts", "num_experts_per_tok", "norm_topk_prob"],
    ...["output_router_logits", "router_aux_loss_coef"],
  ],
  granite: [...rotary, ...granite, "mlp_bias"],
  granitemoe: [
    ...rotary,
    ...granite,
    ...["num_local_experts", "num_experts_per_tok", "output_router_logits"],
    "router_aux_loss_coef",
  ],
  smollm3: [
    ...rotary,
    ...["use_sliding_window", "sliding_window", "layer_types", "no_rope_layers"],
    ...["no_rope_layer_interval", "attention_bias", "mlp_bias"],
  ],
  bert,
  roberta: bert,
  "xlm-roberta": [...bert, "output_past"],
  distilbert: [
    ...["vocab_size", "max_position_embeddings", "sinusoidal_pos_embds", "n_layers", "n_heads"],
    ...["dim", "hidden_dim", "dropout", "attention_dropout", "activation", "initializer_range"],
    ...["qa_dropout", "seq_classif_dropout", "pad_token_id", "tie_weights_", "output_past"],
    "tie_word_embeddings",
  ],
  modernbert: [
    ...["vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers"],
    ...["num_attention_heads", "hidden_activation", "max_position_embeddings"],
    ...["initializer_range", "initializer_cutoff_factor", "norm_eps", "norm_bias"],
    ...["pad_token_id", "eos_token_id", "bos_token_id", "cls_token_id", "sep_token_id"],
    ...["global_rope_theta", "local_rope_theta", "rope_parameters", "layer_types"],
    ...["attention_bias", "attention_dropout", "global_attn_every_n_layers"],
    ...["local_attention", "embedding_dropout", "mlp_bias", "mlp_dropout", "decoder_bias"],
    ...["classifier_pooling", "classifier_dropout", "classifier_bias"],
    ...["classifier_activation", "deterministic_flash_attn", "sparse_prediction"],
    ...["sparse_pred_ignore_index", "reference_compile", "repad_logits_with_grad"],
    "tie_word_embeddings",
  ],
};

/** Keys of all classes. */
const everywhere = [
  ...["architectures", "dtype", "torch_dtype", "transformers_version", "_name_or_path"],
  ...["id2label", "label2id", "problem_type", "is_encoder_decoder", "return_dict"],
  ...["output_attentions", "output_hidden_states", "chunk_size_feed_forward", "temperature"],
  ...["quantization_config", "auto_map", "num_labels", "pruned_heads"],
];

const isEncoder = (family: string) => encoderTypes.some((type) => type === family);
const parse = (family: string, json: object) =>
  (isEncoder(family) ? parseEncoderConfig : parseConfig)({ model_type: family, ...json });
const encoderFields = Object.fromEntries(
  Object.entries(encoderFamilies).map(([name, { fields }]) => [name, fields]),
);
const fieldsOf = (family: string): Fields =>
  Object.entries({ ...familyFields, ...encoderFields }[family as "llama"]);

/** Keys of this package's own, and spellings of older files. */
const beside = [
  ...["device_loss_alpha", "communication_loss_alpha", "loss_devices", "num_labels"],
  "router_z_loss_coef",
  ...["original_max_position_embeddings", "_sliding_window_pattern", "torch_dtype"],
];

describe.each(Object.entries(classes))("the class of %s", (family, keys) => {
  it("has no key that is unknown here", () => {
    const json = Object.fromEntries([...keys, ...everywhere].map((key) => [key, null]));
    const read = new Set(fieldsOf(family).flatMap(([, field]) => field.keys));
    // Null is a value of few fields: those that are read are left out, the others must be known without them.
    for (const key of read) delete json[key];
    expect(parse(family, json).unknownKeys).toEqual([]);
  });

  it("has every key that is read here, but for this package's own and older spellings", () => {
    const read = fieldsOf(family).flatMap(([, field]) => field.keys);
    const known = new Set([...keys, ...everywhere, ...beside]);
    // Some classes have no `head_dim`, but their models read it all the same.
    const others = read.filter((key) => !known.has(key) && key !== "head_dim");
    expect(others).toEqual([]);
  });

  it("keeps a key that it does not have, and names it once", () => {
    const config = parse(family, { my_key: 1, another: { deep: true } });
    expect(config.unknownKeys).toEqual(["my_key", "another"]);
    expect(config.source).toMatchObject({ my_key: 1, another: { deep: true } });
  });

  it.each([
    ["is_encoder_decoder", true],
    ["add_cross_attention", true],
    ["pruned_heads", { 1: [0] }],
    ["per_layer_config", { 1: { head_dim: 8 } }],
    ["quantization_config", { quant_method: "gptq", bits: 4 }],
  ])("is refused with %s of another value than its default", (key, value) => {
    expect(() => parse(family, { [key]: value })).toThrow(
      expect.objectContaining({ code: "ERR_CONFIG", fields: expect.objectContaining({ key }) }),
    );
  });
});

it("every family has its class in this test", () => {
  const all = [...supportedModelTypes, ...encoderTypes];
  expect(Object.keys(classes).sort()).toEqual([...all].sort());
});

it.each([
  ["phi3", "resid_pdrop", 0.1],
  ["phi3", "embd_pdrop", 0.1],
  ["mixtral", "router_jitter_noise", 0.1],
  ["gemma3_text", "use_bidirectional_attention", true],
  ["deepseek_v2", "mlp_bias", true],
  ["qwen2", "partial_rotary_factor", 0.5],
  ["phi3", "lm_head_bias", true],
  ["olmoe", "clip_qkv", 8],
  ["olmoe", "hidden_act", "gelu"],
  ["granitemoe", "hidden_act", "relu"],
  ["bert", "position_embedding_type", "relative_key"],
  ["distilbert", "sinusoidal_pos_embds", true],
  ["modernbert", "position_embedding_type", "relative_key"],
])(
  "%s is refused by the name of %s where it is %j, which would change numbers",
  (family, key, value) => {
    expect(() => parse(family, { [key]: value })).toThrow(new RegExp(`${key} must be`));
  },
);

it("looks into the rotary scaling too", () => {
  const scaling = { rope_type: "linear", factor: 2, my_factor: 3 };
  expect(parse("llama", { rope_scaling: scaling }).unknownKeys).toEqual(["rope_scaling.my_factor"]);
  const partial = { rope_type: "default", partial_rotary_factor: 0.5 };
  expect(() => parse("llama", { rope_parameters: partial })).toThrow(
    /rope_parameters.partial_rotary_factor must be 1/,
  );
});

it("reads the 8-bit blocks of DeepSeek-V3's files", () => {
  const quantization = { quant_method: "fp8", fmt: "e4m3", weight_block_size: [128, 128] };
  expect(parse("deepseek_v3", { quantization_config: quantization }).unknownKeys).toEqual([]);
});

it("does not take keys of other classes as its own", () => {
  expect(parse("mistral", { attention_bias: true }).unknownKeys).toEqual(["attention_bias"]);
  expect(parse("mixtral", { n_shared_experts: 2 }).unknownKeys).toEqual(["n_shared_experts"]);
});
