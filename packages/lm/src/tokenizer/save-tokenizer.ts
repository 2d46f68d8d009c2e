import { having, LmError, optionsOf, refuseUnknown } from "../errors";
import { type Folder, jsonText, writeTextFiles } from "../text-files";
import type { TokenizerConfigJson, TokenizerJson } from "./tokenizer-json";

/** The roles that {@link tokenizerConfig} writes. */
export interface TokenizerConfigOptions {
  /** Added token that begins a text. */
  bosToken?: string | undefined;
  /** Added token that ends a text. */
  eosToken?: string | undefined;
  /** Added token that fills shorter texts of a batch. */
  padToken?: string | undefined;
  /** Added token for unknown text. */
  unkToken?: string | undefined;
  /** Jinja template of conversations. */
  chatTemplate?: string | undefined;
  /** The longest sequence the model takes, in tokens. */
  modelMaxLength?: number | undefined;
}

type Role = "bos" | "eos" | "pad" | "unk";

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
  const {
    bosToken: bos,
    eosToken: eos,
    padToken: pad,
    unkToken: unk,
    chatTemplate,
    modelMaxLength,
    ...rest
  } = optionsOf("tokenizerConfig", options);
  refuseUnknown("tokenizerConfig", rest);
  having("tokenizerConfig", "tokenizer", tokenizer, "added_tokens");
  const config: TokenizerConfigJson = {
    added_tokens_decoder: Object.fromEntries(
      tokenizer.added_tokens.map(({ id, ...token }) => [String(id), token]),
    ),
    clean_up_tokenization_spaces: false,
    tokenizer_class: "PreTrainedTokenizerFast",
  };
  for (const [role, token] of Object.entries({ bos, eos, pad, unk }) as [Role, string?][]) {
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
  options: { tokenizer: TokenizerJson; config?: TokenizerConfigJson | undefined },
): Promise<void> {
  const { tokenizer, config: given, ...rest } = optionsOf("saveTokenizer", options);
  refuseUnknown("saveTokenizer", rest);
  having("saveTokenizer", "tokenizer", tokenizer, "added_tokens");
  const config = given ?? tokenizerConfig(tokenizer);
  const files = { "tokenizer.json": tokenizer, "tokenizer_config.json": config };
  const texts = Object.entries(files).map(([name, value]) => [name, jsonText(value)] as const);
  await writeTextFiles(folder, new Map(texts));
}
