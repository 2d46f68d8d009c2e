import type { CausalLM, Tokenizer } from "@deepgrain/lm";
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
import type { CliContext } from "../../cli/context";
import { UsageError } from "../../cli/usage-error";
import { readJson } from "../../formats/read-json";
import { readCorpus } from "./corpus-file";
import { readKeyRing } from "./key-file";
import { sameModelProxy } from "./language-model";
import { openModel, openTokenizer } from "./open-model";
import { readProfile } from "./profile-file";

/** Flags of every command that has a watermark. */
export const watermarkArgs = {
  profile: {
    type: "string",
    required: true,
    valueHint: "file",
    description: "Profile as JSON, or a Hugging Face watermarking_config",
  },
  "key-file": {
    type: "string",
    valueHint: "file",
    description: "Secret: hexadecimal digits, the current key first; not for profiles with compat",
  },
  proxy: {
    type: "string",
    valueHint: "model|uniform|file",
    description:
      "Balance-Marking's proxy: the model itself, nothing, an n-gram model (.json), or a text to train one on",
  },
  frequencies: {
    type: "string",
    valueHint: "file",
    description: "Token frequencies as a JSON list, for balanced Reed-Solomon segments",
  },
} as const;

/** Flags that say which model and tokenizer there are. */
export const modelArgs = {
  model: { type: "string", valueHint: "dir", description: "Model folder, with its tokenizer" },
  tokenizer: { type: "string", valueHint: "dir", description: "Folder of the tokenizer alone" },
} as const;

interface ModelFlags {
  model?: string | undefined;
  tokenizer?: string | undefined;
}

interface WatermarkFlags extends ModelFlags {
  profile: string;
  "key-file"?: string | undefined;
  proxy?: string | undefined;
  frequencies?: string | undefined;
  normalize?: boolean | undefined;
}

/** What the flags name, read and checked. */
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

/**
 * Opens the model and the tokenizer; a model brings its own tokenizer, unless another one is named or it has none.
 * @throws {LmError} as `loadModel` and `loadTokenizer`
 */
export async function openModelParts(
  flags: ModelFlags,
  { resolve, signal }: CliContext,
): Promise<{ model: CausalLM | undefined; tokenizer: Tokenizer | undefined }> {
  const model =
    flags.model === undefined ? undefined : await openModel(resolve(flags.model), signal);
  if (flags.tokenizer !== undefined)
    return { model, tokenizer: await openTokenizer(resolve(flags.tokenizer)) };
  if (flags.model === undefined) return { model, tokenizer: undefined };
  const tokenizer = await openTokenizer(resolve(flags.model)).catch((error: { code?: string }) => {
    if (error.code === "ERR_MISSING") return undefined;
    throw error;
  });
  return { model, tokenizer };
}

/** Reads everything that the flags name. */
export async function openParts(
  flags: WatermarkFlags,
  context: CliContext,
): Promise<WatermarkParts> {
  const { resolve } = context;
  const parts = await openModelParts(flags, context);
  const profile = await readProfile(resolve(flags.profile), parts.model?.config.vocabSize);
  const keyFile = flags["key-file"];
  const isBalance = profile.scheme === "ctwl-balance";
  return {
    ...parts,
    profile,
    key: keyFile === undefined ? undefined : await readKeyRing(resolve(keyFile)),
    proxy: isBalance ? await openProxy(flags.proxy, profile.vocab_size, parts, context) : undefined,
    frequencies:
      flags.frequencies === undefined
        ? undefined
        : await readJson(resolve(flags.frequencies), z.array(z.number().min(0))),
  };
}

/** Binds profile and key, with the proxy, the frequencies and the tokenizer where there are any. */
export function bindWatermark(
  { profile, key, proxy, frequencies, tokenizer }: WatermarkParts,
  { normalize = false }: { normalize?: boolean | undefined } = {},
): Watermark {
  return createWatermark(profile, key, {
    ...(proxy && { proxy }),
    ...(frequencies && { frequencies }),
    ...(normalize && { normalize: normalizeText }),
    ...(tokenizer && {
      tokenize: (text: string) => tokenizer.encode(text, { addSpecialTokens: false }),
    }),
  });
}
