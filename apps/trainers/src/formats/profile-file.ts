import {
  fromHuggingFace,
  type HuggingFaceConfig,
  type Profile,
  type ProfileInput,
  validateProfile,
  WatermarkError,
} from "@deepgrain/watermark";
import { z } from "zod";
import { FormatError } from "./read-json";
import { readSecretJson } from "./secret-json";

const schema = z.record(z.string(), z.unknown());

/**
 * Reads a profile, or a Hugging Face `watermarking_config` (alone, or inside a `generation_config.json`), which is
 * told by having no `scheme`.
 * @param vocabSize the model's, for files that do not say it
 * @throws {FormatError} when nothing says the vocabulary's size
 * @throws {WatermarkError} `ERR_PROFILE` for a field out of range, `ERR_SHAPE` when profile and model differ in size
 */
export async function readProfile(path: string, vocabSize?: number): Promise<Profile> {
  const file = await readSecretJson(path, schema);
  const inner = "watermarking_config" in file ? file.watermarking_config : file;
  const given = inner as Record<string, unknown>;
  const size = (given.vocab_size ?? vocabSize) as number | undefined;
  if (size === undefined)
    throw new FormatError(`${path}: vocab_size is missing; write it there, or give --model`);
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

/** The profile without the numeric keys that the compatibility modes keep in it: safe to print. */
export function publicProfile(profile: Profile): Record<string, unknown> {
  const { keys, hashing_key, ...rest } = profile as unknown as Record<string, unknown>;
  return rest;
}
