import type { OptionNames } from "@deepgrain/support";
import { LmError } from "../errors";
import { knownOptions } from "../known-options";
import { type Folder, jsonText, writeTextFiles } from "../text-files";
import type { TokenizerConfigJson, TokenizerJson } from "./tokenizer-json";

/** The roles that {@link tokenizerConfig} writes. */
export interface TokenizerConfigOptions {
  /** Added token that begins a text. */
  bosToken?: string;
  /** Added token that ends a text. */
  eosToken?: string;
  /** Added token that fills shorter texts of a batch. */
  padToken?: string;
  /** Added token for unknown text. */
  unkToken?: string;
  /** Jinja template of conversations. */
  chatTemplate?: string;
  /** The longest sequence the model takes, in tokens. */
  modelMaxLength?: number;
}

const tokenizerConfigOptionNames: OptionNames<TokenizerConfigOptions> = {
  bosToken: true,
  eosToken: true,
  padToken: true,
  unkToken: true,
  chatTemplate: true,
  modelMaxLength: true,
};

/**
 * Returns the tokenizer_config.json of a tokenizer, so that other tools know its special tokens.
 *
 * @param tokenizer content of tokenizer.json
 * @throws {LmError} `ERR_MISSING` when a role's token is not among the added tokens
 */
export function tokenizerConfig(
  tokenizer: TokenizerJson,
  options: TokenizerConfigOptions = {},
): TokenizerConfigJson {
  const { chatTemplate, modelMaxLength, ...roles } = knownOptions(
    "tokenizerConfig",
    options,
    tokenizerConfigOptionNames,
  );
  const config: TokenizerConfigJson = {
    added_tokens_decoder: Object.fromEntries(
      tokenizer.added_tokens.map(({ id, ...token }) => [String(id), token]),
    ),
    clean_up_tokenization_spaces: false,
    tokenizer_class: "PreTrainedTokenizerFast",
  };
  for (const role of ["bos", "eos", "pad", "unk"] as const) {
    const token = roles[`${role}Token`];
    if (token === undefined) continue;
    if (!tokenizer.added_tokens.some(({ content }) => content === token))
      throw new LmError(
        "ERR_MISSING",
        `lm/tokenizerConfig: ${role}Token "${token}" is not an added token of the tokenizer`,
        { fields: { role, token } },
      );
    config[`${role}_token`] = token;
  }
  if (modelMaxLength !== undefined) config.model_max_length = modelMaxLength;
  if (chatTemplate !== undefined) config.chat_template = chatTemplate;
  return config;
}

/**
 * Writes `tokenizer.json` and `tokenizer_config.json` into a folder: at a path each atomically, elsewhere both or
 * none.
 *
 * @param folder path (Node), made when missing; directory handle; or Map
 * @param options.config default: {@link tokenizerConfig} without roles
 * @throws {LmError} `ERR_IO` when writing fails
 */
export async function saveTokenizer(
  folder: Folder,
  options: { tokenizer: TokenizerJson; config?: TokenizerConfigJson },
): Promise<void> {
  const { tokenizer, config = tokenizerConfig(tokenizer) } = knownOptions(
    "saveTokenizer",
    options,
    { tokenizer: true, config: true },
  );
  const files = { "tokenizer.json": tokenizer, "tokenizer_config.json": config };
  const texts = Object.entries(files).map(([name, value]) => [name, jsonText(value)] as const);
  await writeTextFiles(folder, new Map(texts));
}
