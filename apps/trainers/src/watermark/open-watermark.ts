import type { CliContext } from "@deepgrain/command-line/commands/context";
import { readKeyRing, readProfileFile } from "@deepgrain/command-line/files/secret-files";
import type { Values } from "@deepgrain/command-line/flags/flags";
import type { CausalLM, Tokenizer } from "@deepgrain/lm";
import { readCorpus } from "@deepgrain/studies/balance-marking/corpus-file";
import { sameModelProxy } from "@deepgrain/studies/balance-marking/language-model";
import { openModelParts } from "@deepgrain/studies/balance-marking/open-model";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import {
  createWatermark,
  type KeyInput,
  type NgramData,
  ngramFromJSON,
  normalizeText,
  type Profile,
  type ProxyLM,
  trainNgram,
  uniformProxy,
  type Watermark,
} from "@deepgrain/watermark";
import { z } from "zod";
import type { modelFlags, watermarkFlags } from "./flags";

type ModelFlags = Values<typeof modelFlags>;

/** The inputs that the flags name, read and checked. */
export interface WatermarkParts {
  profile: Profile;
  key: KeyInput | undefined;
  proxy: ProxyLM | undefined;
  frequencies: number[] | undefined;
  model: CausalLM | undefined;
  tokenizer: Tokenizer | undefined;
}

/** Trains or reads the proxy that the flag names; by default the model, where there is one. */
export async function openProxy(
  flag: string | undefined,
  vocabSize: number,
  { model, tokenizer }: Pick<WatermarkParts, "model" | "tokenizer">,
  { resolve }: CliContext,
): Promise<ProxyLM | undefined> {
  const name = flag ?? (model ? "model" : undefined);
  if (name === undefined) return undefined;
  if (name === "uniform") return uniformProxy(vocabSize);
  if (name === "model") {
    if (model) return sameModelProxy(model, tokenizer);
    throw new UsageError("--proxy model needs --model");
  }
  const path = resolve(name);
  if (!path.endsWith(".json")) return trainNgram(await readCorpus(path, tokenizer), { vocabSize });
  return ngramFromJSON((await readJson(path, z.unknown())) as NgramData);
}

/** Reads everything that the flags name. */
export async function openParts(
  given: ModelFlags & Values<typeof watermarkFlags>,
  context: CliContext,
): Promise<WatermarkParts> {
  const { keyFile, frequencies } = given;
  const parts = await openModelParts(given, context.signal);
  const profile = await readProfileFile(given.profile, parts.model?.config.vocabSize);
  const isBalance = profile.scheme === "ctwl-balance";
  return {
    ...parts,
    profile,
    key: keyFile === undefined ? undefined : await readKeyRing(keyFile),
    proxy: isBalance ? await openProxy(given.proxy, profile.vocab_size, parts, context) : undefined,
    frequencies:
      frequencies === undefined
        ? undefined
        : await readJson(frequencies, z.array(z.number().min(0))),
  };
}

/**
 * Binds profile and key, with the proxy, the frequencies and the tokenizer where there are any.
 * @throws {UsageError} without a key that the profile needs; {WatermarkError} as `createWatermark`
 */
export function bindWatermark(
  { profile, key, proxy, frequencies, tokenizer }: WatermarkParts,
  { normalize = false }: { normalize?: boolean | undefined } = {},
): Watermark {
  if (key === undefined && !profile.compat)
    throw new UsageError(
      `--key-file is needed: ${profile.scheme} marks with a secret key (make one with: openssl rand -hex 32 > key.hex)`,
    );
  const tokenize = (text: string) => tokenizer!.encode(text, { addSpecialTokens: false });
  return createWatermark(profile, key, {
    proxy,
    frequencies,
    normalize: normalize ? normalizeText : undefined,
    tokenize: tokenizer && tokenize,
  });
}
