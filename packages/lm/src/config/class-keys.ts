/**
 * @file Keys of the configuration classes that no field reads: those that change no number, and those that may only have
 * one value here. Of transformers 4.57 and 5.0, and of the classes that DeepSeek released with its models.
 */
import { families } from "./families";
import type { OwnKeys } from "./family";
import { configError, type Fields, type JsonObject, shortText } from "./field";

/** Keys of every class that change no number of the model. */
const neutral: ReadonlySet<string> = new Set([
  // What the file is and who wrote it.
  ...["model_type", "transformers_version", "_name_or_path", "name_or_path", "_commit_hash"],
  ...["architectures", "auto_map", "custom_pipelines", "tokenizer_class", "prefix"],
  // What a call returns, and how it is computed.
  ...["output_hidden_states", "output_attentions", "return_dict", "use_return_dict", "torchscript"],
  ...["use_cache", "use_bfloat16", "tf_legacy_loss", "chunk_size_feed_forward", "pretraining_tp"],
  ...["_attn_implementation", "_attn_implementation_autoset", "attn_implementation"],
  ...["cache_implementation", "gradient_checkpointing"],
  // Heads of other classes.
  ...["id2label", "label2id", "num_labels", "problem_type", "finetuning_task"],
  ...["task_specific_params", "cross_attention_hidden_size", "tie_encoder_decoder"],
  ...["sep_token_id", "decoder_start_token_id", "bos_token_id", "eos_token_id", "pad_token_id"],
  // Old places of generation's defaults; `generate` takes its own options.
  ...["max_length", "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups"],
  ...["diversity_penalty", "temperature", "top_k", "top_p", "typical_p", "repetition_penalty"],
  ...["length_penalty", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids"],
  ...["num_return_sequences", "output_scores", "return_dict_in_generate", "remove_invalid_values"],
  ...["forced_bos_token_id", "forced_eos_token_id", "exponential_decay_length_penalty"],
  ...["suppress_tokens", "begin_suppress_tokens", "max_new_tokens"],
]);

/** Keys of every class whose other values are not supported, with their defaults; null and absence are the default too. */
const fixed: JsonObject = {
  is_encoder_decoder: false,
  add_cross_attention: false,
  pruned_heads: {},
  per_layer_config: {},
};

const rotary: JsonObject = { partial_rotary_factor: 1 };
/** Keys that follow from others, and those that spread experts over machines. */
const latent = {
  neutral: ["head_dim", "qk_head_dim", "ep_size"],
  fixed: { ...rotary, mlp_bias: false },
};

/** The keys of each family of decoders. */
export const decoderKeys: Readonly<Record<string, OwnKeys>> = {
  llama: { fixed: rotary },
  gpt2: {
    neutral: [
      ...["summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels"],
      ...["summary_first_dropout", "n_ctx"],
    ],
  },
  deepseek: { neutral: ["ep_size"], fixed: rotary },
  deepseek_v2: latent,
  deepseek_v3: latent,
  qwen2: { fixed: rotary },
  qwen3: { fixed: rotary },
  qwen2_moe: { fixed: rotary },
  qwen3_moe: { fixed: rotary },
  mistral: { fixed: rotary },
  mixtral: { fixed: { ...rotary, router_jitter_noise: 0 } },
  gemma2: { fixed: { ...rotary, use_bidirectional_attention: false } },
  gemma3_text: { fixed: { ...rotary, use_bidirectional_attention: false } },
  phi3: {
    // The last keys are those of Phi-4-mini's own class.
    fixed: {
      resid_pdrop: 0,
      embd_pdrop: 0,
      attention_bias: false,
      mlp_bias: false,
      lm_head_bias: false,
      full_attn_mod: 1,
      interpolate_factor: 1,
    },
  },
  olmo2: { fixed: rotary },
  ...Object.fromEntries(Object.entries(families).map(([name, { keys }]) => [name, keys])),
};

/** The keys that a rotary scaling may have, of all of its types. */
const scalingKeys: ReadonlySet<string> = new Set([
  ...["type", "rope_type", "rope_theta", "partial_rotary_factor", "factor"],
  ...["original_max_position_embeddings", "attention_factor", "beta_fast", "beta_slow"],
  ...["mscale", "mscale_all_dim", "truncate", "low_freq_factor", "high_freq_factor"],
  ...["short_factor", "long_factor"],
]);

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** @throws {LmError} `ERR_CONFIG` naming a key whose value is not the only one that is supported */
function refuseOthers(json: JsonObject, only: JsonObject, prefix = ""): void {
  for (const [key, value] of Object.entries(only))
    if (json[key] != null && !isSame(json[key], value))
      throw configError(
        prefix + key,
        `${shortText(value)}, as others are not supported`,
        json[key],
      );
}

/** Weights in blocks of 8 bits as DeepSeek-V3's are read; any other quantisation has other tensors. */
function checkQuantization(json: JsonObject): void {
  const quantization = json.quantization_config as JsonObject | null | undefined;
  if (quantization == null) return;
  const { quant_method: method, weight_block_size: block } = quantization;
  if (method !== "fp8" || (block != null && !isSame(block, [128, 128])))
    throw configError(
      "quantization_config",
      "of fp8 in blocks of 128 × 128",
      method ?? quantization,
    );
}

/**
 * Compares the keys of a config.json with those of its family's class.
 *
 * @param fields of the family
 * @param own the keys that its class adds
 * @returns the keys that the class does not have
 * @throws {LmError} `ERR_CONFIG` naming a key of the class whose value is not supported
 */
export function checkKeys(json: JsonObject, fields: Fields, own: OwnKeys = {}): string[] {
  const { neutral: ownNeutral = [], fixed: ownFixed = {} } = own;
  const only = { ...fixed, ...ownFixed };
  refuseOthers(json, only);
  checkQuantization(json);
  const read = fields.flatMap(([, { keys }]) => keys);
  const known = new Set([...read, ...ownNeutral, ...Object.keys(only), "quantization_config"]);
  const unknown = Object.keys(json).filter((key) => !known.has(key) && !neutral.has(key));
  for (const key of ["rope_scaling", "rope_parameters"]) {
    const scaling = json[key];
    if (!known.has(key) || typeof scaling !== "object" || scaling === null) continue;
    if ("partial_rotary_factor" in only) refuseOthers(scaling as JsonObject, rotary, `${key}.`);
    const others = Object.keys(scaling).filter((inner) => !scalingKeys.has(inner));
    unknown.push(...others.map((inner) => `${key}.${inner}`));
  }
  return unknown;
}
