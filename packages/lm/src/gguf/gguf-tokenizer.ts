/** @file The tokenizer of a GGUF file as the content of tokenizer.json and tokenizer_config.json. */
import { type GgufFile, type OpenGgufOptions, openGguf } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import { bpeTokenizerJson } from "../tokenizer/bpe-tokenizer-json";
import { scoredTokenizerJson } from "../tokenizer/llama2c-tokenizer-json";
import type { TokenizerFiles } from "../tokenizer/tokenizer-files";
import {
  type AddedToken,
  specialToken,
  type TokenizerConfigJson,
  type TokenizerJson,
  templateProcessor,
} from "../tokenizer/tokenizer-json";
import type { GgufSource } from "./gguf-source";
import { ggufValues } from "./gguf-values";
import { preTokenizers, TokenKind } from "./gguf-vocabulary";

interface Vocabulary {
  tokens: string[];
  kinds: readonly number[];
  bos: number | undefined;
  eos: number | undefined;
  addsBos: boolean;
}

const wrong = (key: string, wanted: string) =>
  new LmError("ERR_FORMAT", `lm/gguf: ${key} must be ${wanted}`, { fields: { key } });

function listOf<T>(file: GgufFile, key: string, type: "string" | "number", length?: number): T[] {
  const list = ggufValues(file).list(key);
  const isRight = list?.every((item) => typeof item === type);
  if (!list || !isRight || (length !== undefined && list.length !== length))
    throw wrong(key, `a list of ${length ?? ""} ${type}s`);
  return list as unknown as T[];
}

function vocabularyOf(file: GgufFile, addsBosByDefault: boolean): Vocabulary {
  const values = ggufValues(file);
  const tokens = listOf<string>(file, "tokenizer.ggml.tokens", "string");
  const hasKinds = file.values.has("tokenizer.ggml.token_type");
  const kinds = hasKinds
    ? listOf<number>(file, "tokenizer.ggml.token_type", "number", tokens.length)
    : tokens.map(() => TokenKind.normal);
  const role = (name: string) => {
    const id = values.number(`tokenizer.ggml.${name}_token_id`);
    if (id !== undefined && tokens[id] === undefined)
      throw wrong(
        `tokenizer.ggml.${name}_token_id`,
        `the number of one of ${tokens.length} tokens`,
      );
    return id;
  };
  const addsBos = values.flag("tokenizer.ggml.add_bos_token") ?? addsBosByDefault;
  return { tokens, kinds, bos: role("bos"), eos: role("eos"), addsBos };
}

/** Tokens that are matched literally, before anything else. */
const addedTokens = ({ tokens, kinds }: Vocabulary): AddedToken[] =>
  tokens.flatMap((content, id) => {
    const isSpecial = kinds[id] === TokenKind.control || kinds[id] === TokenKind.unknown;
    if (!isSpecial && kinds[id] !== TokenKind.userDefined) return [];
    return [{ ...specialToken(id, content), special: isSpecial }];
  });

/** A token before every text, if the file asks for one. */
function processorOf({ tokens, bos, addsBos }: Vocabulary): object | null {
  if (!addsBos || bos === undefined) return null;
  return templateProcessor({ bos: specialToken(bos, tokens[bos]!) });
}

/** Byte-level BPE, as GPT-2's. */
function byteLevelTokenizer(file: GgufFile): { json: TokenizerJson; vocabulary: Vocabulary } {
  const vocabulary = vocabularyOf(file, false);
  const name = ggufValues(file).text("tokenizer.ggml.pre") ?? "gpt-2";
  const pattern = preTokenizers[name];
  if (pattern === undefined)
    throw new LmError(
      "ERR_CONFIG",
      `lm/gguf: tokenizer.ggml.pre must be one of ${Object.keys(preTokenizers).join(", ")}, got ${name}; load the tokenizer from a folder with tokenizer.json instead`,
      { fields: { key: "tokenizer.ggml.pre", value: name } },
    );
  const merges = listOf<string>(file, "tokenizer.ggml.merges", "string").map((merge) => {
    const cut = merge.indexOf(" ", 1);
    if (cut < 0) throw wrong("tokenizer.ggml.merges", "a list of pairs");
    return [merge.slice(0, cut), merge.slice(cut + 1)] as const;
  });
  const json = bpeTokenizerJson(vocabulary.tokens, merges, { pattern });
  const template = processorOf(vocabulary);
  const processors = template && [json.post_processor, template];
  return {
    vocabulary,
    json: {
      ...json,
      added_tokens: addedTokens(vocabulary),
      ...(processors && { post_processor: { type: "Sequence", processors } }),
    },
  };
}

/** Pieces with scores, as SentencePiece's. */
function scoredTokenizer(file: GgufFile): { json: TokenizerJson; vocabulary: Vocabulary } {
  const vocabulary = vocabularyOf(file, true);
  const { tokens, kinds } = vocabulary;
  const scores = listOf<number>(file, "tokenizer.ggml.scores", "number", tokens.length);
  const json = scoredTokenizerJson({
    names: tokens,
    scores,
    isText: (id) => kinds[id] === TokenKind.normal || kinds[id] === TokenKind.unused,
    added: addedTokens(vocabulary),
    unknown: tokens[kinds.indexOf(TokenKind.unknown)] ?? null,
    bos: vocabulary.addsBos ? vocabulary.bos : undefined,
    putsSpace: ggufValues(file).flag("tokenizer.ggml.add_space_prefix") ?? true,
  });
  return { json, vocabulary };
}

/**
 * The tokenizer in a GGUF file.
 * @throws {LmError} `ERR_MISSING` when it contains none, `ERR_CONFIG` for an unsupported type, `ERR_FORMAT`
 */
function ggufTokenizer(file: GgufFile): TokenizerFiles {
  const values = ggufValues(file);
  const kind = values.text("tokenizer.ggml.model");
  if (kind === undefined)
    throw new LmError("ERR_MISSING", "lm/gguf: the file carries no tokenizer");
  if (kind !== "llama" && kind !== "gpt2")
    throw new LmError(
      "ERR_CONFIG",
      `lm/gguf: tokenizer.ggml.model must be llama or gpt2, got ${kind}`,
      { fields: { key: "tokenizer.ggml.model", value: kind } },
    );
  const { json, vocabulary } = kind === "llama" ? scoredTokenizer(file) : byteLevelTokenizer(file);
  const { tokens, bos, eos } = vocabulary;
  const template = values.text("tokenizer.chat_template");
  const config: TokenizerConfigJson = {
    ...(bos !== undefined && { bos_token: tokens[bos]! }),
    ...(eos !== undefined && { eos_token: tokens[eos]! }),
    ...(template !== undefined && { chat_template: template }),
  };
  return { tokenizer: json, config };
}

/** The tokenizer of a GGUF file. @throws {LmError} as `ggufTokenizer` @throws {TensorError} as `openGguf` */
export async function readGgufTokenizer(
  source: GgufSource,
  options: OpenGgufOptions = {},
): Promise<TokenizerFiles> {
  const file = await openGguf(source, options);
  try {
    return ggufTokenizer(file);
  } finally {
    await file.close();
  }
}
