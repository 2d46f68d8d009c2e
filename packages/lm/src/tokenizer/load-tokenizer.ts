import { optionsOf, refuseUnknown } from "../errors";
import { type FolderOptions, missingFile, modelFolder } from "../files/model-folder";
import { ggufSource } from "../gguf/gguf-source";
import { type Folder, fileBudget, readJsonFile, readTextFile } from "../text-files";
import { type CreateTokenizerOptions, createTokenizer, type Tokenizer } from "./create-tokenizer";
import type { TokenizerFiles } from "./tokenizer-files";
import type { TokenizerConfigJson } from "./tokenizer-json";

/**
 * Loads a tokenizer from a Hugging Face folder: `tokenizer.json`, and where present `tokenizer_config.json`
 * and `chat_template.jinja` (which takes precedence over a template in the former).
 *
 * @param folder path (Node), http(s) address, directory handle, Map or repository of the Hugging Face hub, as for
 *   `loadModel`; or a GGUF file that carries a tokenizer, by its path or address or alone in a folder
 * @param given.template name of one of the folder's chat templates, or a Jinja template instead of them
 * @param given.trustPatterns as for `createTokenizer`, default false
 * @throws {LmError} `ERR_MISSING` when there is no tokenizer.json, `ERR_IO` when reading fails, `ERR_LIMIT`
 *   for files beyond the budget, `ERR_FORMAT` when a file is malformed, `ERR_CONFIG` when a role's token is not in the vocabulary
 */
export async function loadTokenizer(
  folder: Folder,
  given: CreateTokenizerOptions & FolderOptions = {},
): Promise<Tokenizer> {
  const { template, trustPatterns = false, ...others } = optionsOf("loadTokenizer", given);
  const { fetch, hub, signal, budget, ...rest } = others;
  refuseUnknown("loadTokenizer", rest);
  const creating = { template, trustPatterns, budget };
  const place = await modelFolder(folder, ["tokenizer"], { fetch, hub, signal });
  const gguf = await ggufSource(place, "tokenizer");
  if (gguf !== undefined) {
    const { readGgufTokenizer } = await import("../gguf/gguf-tokenizer");
    return createTokenizer(await readGgufTokenizer(gguf, { fetch, signal, budget }), creating);
  }
  return createTokenizer(await tokenizerIn("loadTokenizer", place, { fetch, budget }), creating);
}

/**
 * The content of a tokenizer's files, for `saveGguf` and `saveTokenizer`: as {@link loadTokenizer} reads them.
 *
 * @param folder as for {@link loadTokenizer}
 * @throws {LmError} `ERR_MISSING` when there is no tokenizer.json, `ERR_IO` when reading fails, `ERR_FORMAT` for no JSON
 */
export async function readTokenizer(
  folder: Folder,
  options: FolderOptions = {},
): Promise<TokenizerFiles> {
  const { fetch, hub, signal, budget, ...rest } = optionsOf("readTokenizer", options);
  refuseUnknown("readTokenizer", rest);
  const place = await modelFolder(folder, ["tokenizer"], { fetch, hub, signal });
  const gguf = await ggufSource(place, "tokenizer");
  if (gguf === undefined) return tokenizerIn("readTokenizer", place, { fetch, budget });
  const { readGgufTokenizer } = await import("../gguf/gguf-tokenizer");
  return readGgufTokenizer(gguf, { fetch, signal, budget });
}

/** The files in a folder that has been found. @param caller for the error of a missing file */
async function tokenizerIn(
  caller: string,
  place: Folder,
  { fetch, budget }: Pick<FolderOptions, "fetch" | "budget">,
): Promise<TokenizerFiles> {
  const reading = { fetch, budget: fileBudget(caller, budget) };
  const [tokenizer, config, template] = await Promise.all([
    readJsonFile(place, "tokenizer.json", reading),
    readJsonFile(place, "tokenizer_config.json", reading),
    readTextFile(place, "chat_template.jinja", reading),
  ]);
  if (!tokenizer) throw await missingFile(caller, place, "tokenizer.json");
  const merged: TokenizerConfigJson = { ...config };
  if (template !== undefined) merged.chat_template = template;
  return { tokenizer, config: merged };
}
