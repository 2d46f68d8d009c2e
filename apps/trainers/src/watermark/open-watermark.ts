import type { CausalLM, Tokenizer } from "@deepgrain/lm";
import { readCorpus } from "@deepgrain/studies/balance-marking/corpus-file";
import { sameModelProxy } from "@deepgrain/studies/balance-marking/language-model";
import { openModelParts } from "@deepgrain/studies/balance-marking/open-model";
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
import type { CliContext } from "../cli/context";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { readKeyRing, readProfileFile } from "../formats/secret-files";
import { dtypeFlag } from "../run/weight-types";

/** Balance-Marking's proxy: a word or a path. */
export const proxyFlag = flags.text({
  hint: "model|uniform|file",
  help: "Proxy of Balance-Marking: the model itself, none, an n-gram model (.json), or a text to train one on",
});

/** Flags of every command that has a watermark. */
export const watermarkFlags = {
  profile: flags.file({
    required: true,
    help: "Profile as JSON, or a Hugging Face watermarking_config",
  }),
  keyFile: flags.file({
    help: "Secret: hexadecimal digits, the current key first; not for profiles with compat",
  }),
  proxy: proxyFlag,
  frequencies: flags.file({
    help: "Token frequencies as a JSON list, for balanced Reed-Solomon segments",
  }),
};

/** Flags for the model and the tokenizer. */
export const modelFlags = {
  model: flags.model({ help: "Model folder, with its tokenizer" }),
  tokenizer: flags.tokenizer({ help: "Folder of only the tokenizer" }),
  ...dtypeFlag,
};

/** A model that must be given, and perhaps another tokenizer. */
export const requiredModelFlags = {
  model: flags.model({
    required: true,
    help: "Hugging Face folder, or one with a llama2.c model and its tok….bin",
  }),
  tokenizer: flags.tokenizer({ help: "Folder of another tokenizer" }),
  ...dtypeFlag,
};

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

/** Binds profile and key, with the proxy, the frequencies and the tokenizer where there are any. */
export function bindWatermark(
  { profile, key, proxy, frequencies, tokenizer }: WatermarkParts,
  { normalize = false }: { normalize?: boolean | undefined } = {},
): Watermark {
  const tokenize = (text: string) => tokenizer!.encode(text, { addSpecialTokens: false });
  return createWatermark(profile, key, {
    proxy,
    frequencies,
    normalize: normalize ? normalizeText : undefined,
    tokenize: tokenizer && tokenize,
  });
}
