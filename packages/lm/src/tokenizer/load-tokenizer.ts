import { LmError, optionsOf, refuseUnknown } from "../errors";
import { ggufSource } from "../gguf/gguf-source";
import { type Folder, nameOfFolder, readJsonFile, readTextFile } from "../text-files";
import {
  type CreateTokenizerOptions,
  createTokenizer,
  type Tokenizer,
  type TokenizerFiles,
} from "./create-tokenizer";
import type { TokenizerConfigJson } from "./tokenizer-json";

/**
 * Loads a tokenizer from a Hugging Face folder: `tokenizer.json`, and where present `tokenizer_config.json`
 * and `chat_template.jinja` (which takes precedence over a template in the former).
 *
 * @param folder path (Node), http(s) address, directory handle or Map; or a GGUF file that carries a tokenizer, by its path or
 *   address or alone in a handle or Map
 * @param given.fetch function to fetch with, default the global one
 * @param given.template name of one of the folder's chat templates, or a Jinja template instead of them
 * @param given.trustPatterns as for `createTokenizer`, default false
 * @throws {LmError} `ERR_MISSING` when there is no tokenizer.json, `ERR_IO` when reading fails, `ERR_FORMAT`
 *   when a file is malformed, `ERR_CONFIG` when a role's token is not in the vocabulary
 */
export async function loadTokenizer(
  folder: Folder,
  given: CreateTokenizerOptions & { fetch?: typeof globalThis.fetch | undefined } = {},
): Promise<Tokenizer> {
  const { template, trustPatterns = false, fetch, ...rest } = optionsOf("loadTokenizer", given);
  refuseUnknown("loadTokenizer", rest);
  const creating = { template, trustPatterns };
  const gguf = await ggufSource(folder, "tokenizer.json");
  if (gguf !== undefined) {
    const { readGgufTokenizer } = await import("../gguf/gguf-tokenizer");
    return createTokenizer(await readGgufTokenizer(gguf), creating);
  }
  return createTokenizer(await readTokenizer(folder, { fetch }), creating);
}

/**
 * The content of a tokenizer's files in a Hugging Face folder, for `saveGguf`: as {@link loadTokenizer} reads them.
 *
 * @param folder path (Node), http(s) address, directory handle or Map
 * @param options.fetch function to fetch with, default the global one
 * @throws {LmError} `ERR_MISSING` when there is no tokenizer.json, `ERR_IO` when reading fails, `ERR_FORMAT` for no JSON
 */
export async function readTokenizer(
  folder: Folder,
  options: { fetch?: typeof globalThis.fetch | undefined } = {},
): Promise<TokenizerFiles> {
  const [tokenizer, config, template] = await Promise.all([
    readJsonFile(folder, "tokenizer.json", options),
    readJsonFile(folder, "tokenizer_config.json", options),
    readTextFile(folder, "chat_template.jinja", options),
  ]);
  if (!tokenizer)
    throw new LmError(
      "ERR_MISSING",
      `lm/loadTokenizer: ${nameOfFolder(folder)} has no tokenizer.json`,
      {
        fields: { folder: nameOfFolder(folder) },
      },
    );
  const merged: TokenizerConfigJson = { ...config };
  if (template !== undefined) merged.chat_template = template;
  return { tokenizer, config: merged };
}
