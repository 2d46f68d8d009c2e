import { having, WatermarkError } from "../errors";
import type { Profile } from "../profile";
import type { KgwProfile } from "../schemes/kgw/profile";
import type { SynthIdProfile } from "../schemes/synthid/profile";
import { validateProfile } from "./validate-profile";

/** Hugging Face's `WatermarkingConfig` or `SynthIDTextWatermarkingConfig`, as JSON. */
export interface HuggingFaceConfig {
  greenlist_ratio?: number | undefined;
  bias?: number | undefined;
  hashing_key?: number | undefined;
  seeding_scheme?: string | undefined;
  context_width?: number | undefined;
  ngram_len?: number | undefined;
  keys?: number[] | undefined;
  context_history_size?: number | undefined;
  sampling_table_size?: number | undefined;
  sampling_table_seed?: number | undefined;
  skip_first_ngram_calls?: boolean | undefined;
  debug_mode?: boolean | undefined;
}

/**
 * Reads a Hugging Face `watermarking_config` dictionary as a profile with `compat: "huggingface"`.
 * The numeric keys move into the profile, which is thereby secret.
 *
 * @param config the dictionary; one with `keys` is SynthID-Text, any other the green-list watermark
 * @param vocabSize the model's `vocab_size`
 * @throws {WatermarkError} `ERR_PROFILE` for fields out of range, or `debug_mode`
 */
export function fromHuggingFace(config: HuggingFaceConfig, vocabSize: number): Profile {
  if (typeof config !== "object" || config === null)
    throw new WatermarkError("ERR_PROFILE", "fromHuggingFace: the config must be an object");
  const { debug_mode, ...fields } = config;
  if (debug_mode)
    throw new WatermarkError("ERR_PROFILE", "fromHuggingFace: debug_mode ignores the logits");
  if ("keys" in fields)
    return validateProfile({
      ...fields,
      scheme: "synthid",
      vocab_size: vocabSize,
      compat: "huggingface",
      top_k: 0,
    } as Partial<SynthIdProfile> & { scheme: "synthid"; vocab_size: number });
  return validateProfile({
    hashing_key: 15485863,
    context_width: 1,
    ...fields,
    scheme: "kgw",
    vocab_size: vocabSize,
    compat: "huggingface",
  } as Partial<KgwProfile> & { scheme: "kgw"; vocab_size: number });
}

/**
 * Writes a profile with `compat: "huggingface"` as Hugging Face's dictionary.
 *
 * @throws {WatermarkError} `ERR_UNSUPPORTED` for profiles that Hugging Face cannot express
 */
export function toHuggingFace(profile: Profile): HuggingFaceConfig {
  having("toHuggingFace", "profile", profile);
  if (profile.compat === "huggingface" && profile.scheme === "kgw" && !profile.hard) {
    const { greenlist_ratio, bias, hashing_key, seeding_scheme, context_width } = profile;
    return { greenlist_ratio, bias, hashing_key: hashing_key!, seeding_scheme, context_width };
  }
  if (profile.compat === "huggingface" && profile.scheme === "synthid" && profile.num_leaves === 2)
    return {
      ngram_len: profile.ngram_len,
      keys: [...profile.keys!],
      context_history_size: profile.context_history_size,
      sampling_table_size: profile.sampling_table_size!,
      sampling_table_seed: profile.sampling_table_seed!,
      skip_first_ngram_calls: profile.skip_first_ngram_calls,
      debug_mode: false,
    };
  throw new WatermarkError(
    "ERR_UNSUPPORTED",
    `toHuggingFace: ${profile.scheme} with compat ${String(profile.compat)} has no Hugging Face form`,
  );
}
