import { having, WatermarkError } from "../errors";
import type { Profile, ProfileInput } from "../profile";
import { fromHuggingFace, type HuggingFaceConfig } from "./huggingface-config";
import { validateProfile } from "./validate-profile";

/**
 * The profile in a JSON value: a profile, or a Hugging Face `watermarking_config` (alone, or inside a
 * `generation_config.json`), which is told by having no `scheme`.
 *
 * @param vocabSize the model's, for values that do not say it
 * @throws {WatermarkError} `ERR_PROFILE` for a field out of range, and when nothing says the vocabulary's size; `ERR_SHAPE`
 *   when profile and model differ in size
 */
export function readProfile(
  json: Readonly<Record<string, unknown>>,
  vocabSize?: number | undefined,
): Profile {
  having("readProfile", "json", json);
  const given = ("watermarking_config" in json ? json.watermarking_config : json) as Readonly<
    Record<string, unknown>
  >;
  const size = (given.vocab_size ?? vocabSize) as number | undefined;
  if (size === undefined)
    throw new WatermarkError(
      "ERR_PROFILE",
      "profile: vocab_size is missing; write it there, or give the model",
    );
  const profile =
    "scheme" in given
      ? validateProfile({ ...given, vocab_size: size } as ProfileInput)
      : fromHuggingFace(given as HuggingFaceConfig, size);
  if (vocabSize !== undefined && profile.vocab_size !== vocabSize)
    throw new WatermarkError(
      "ERR_SHAPE",
      `profile: vocab_size is ${profile.vocab_size}, the model needs ${vocabSize}`,
      { fields: { needed: vocabSize, got: profile.vocab_size } },
    );
  return profile;
}

/** A profile without the numeric keys that the compatibility modes keep in it: safe to print. */
export function publicProfile(profile: Profile): Record<string, unknown> {
  having("publicProfile", "profile", profile, "scheme", "version", "vocab_size");
  const { keys, hashing_key, ...rest } = profile as unknown as Record<string, unknown>;
  return rest;
}
