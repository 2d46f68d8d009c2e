/** One entry of `added_tokens` in tokenizer.json. */
export interface AddedToken {
  id: number;
  content: string;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
  special: boolean;
}

/** The `model` part of a BPE tokenizer.json; a merge is written `"left right"` or `["left", "right"]`. */
export interface BpeModelJson {
  type: "BPE";
  dropout: null;
  unk_token: string | null;
  continuing_subword_prefix: string | null;
  end_of_word_suffix: string | null;
  fuse_unk: boolean;
  byte_fallback: boolean;
  ignore_merges: boolean;
  vocab: Record<string, number>;
  merges: string[];
}

/** The content of a Hugging Face `tokenizer.json` (format version 1.0). */
export interface TokenizerJson<Model = BpeModelJson> {
  version: "1.0";
  truncation: null;
  padding: null;
  added_tokens: AddedToken[];
  normalizer: object | null;
  pre_tokenizer: object | null;
  post_processor: object | null;
  decoder: object | null;
  model: Model;
}

/** The content of a Hugging Face `tokenizer_config.json`; only the keys read or written here are named. */
export interface TokenizerConfigJson {
  tokenizer_class?: string | undefined;
  bos_token?: string | { content: string } | null | undefined;
  eos_token?: string | { content: string } | null | undefined;
  pad_token?: string | { content: string } | null | undefined;
  unk_token?: string | { content: string } | null | undefined;
  cls_token?: string | { content: string } | null | undefined;
  sep_token?: string | { content: string } | null | undefined;
  mask_token?: string | { content: string } | null | undefined;
  add_bos_token?: boolean | undefined;
  add_eos_token?: boolean | undefined;
  clean_up_tokenization_spaces?: boolean | undefined;
  model_max_length?: number | undefined;
  chat_template?: string | { name: string; template: string }[] | null | undefined;
  added_tokens_decoder?: Record<string, Partial<AddedToken> & { content: string }> | undefined;
  [key: string]: unknown;
}

/** An added token that is matched literally, before anything else, and may be skipped in decoding. */
export function specialToken(id: number, content: string): AddedToken {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
}

/**
 * The post-processor that puts one token before and one after every text.
 *
 * @param tokens ids by content; the tokens named must be in it
 */
export function templateProcessor(tokens: {
  bos?: AddedToken | undefined;
  eos?: AddedToken | undefined;
}): object {
  const piece = ({ content }: AddedToken, typeId: number) => ({
    SpecialToken: { id: content, type_id: typeId },
  });
  const around = (sequence: "A" | "B", typeId: number) => [
    ...(tokens.bos ? [piece(tokens.bos, typeId)] : []),
    { Sequence: { id: sequence, type_id: typeId } },
    ...(tokens.eos ? [piece(tokens.eos, typeId)] : []),
  ];
  const used = [tokens.bos, tokens.eos].filter((token) => token !== undefined);
  return {
    type: "TemplateProcessing",
    single: around("A", 0),
    pair: [...around("A", 0), ...around("B", 1)],
    special_tokens: Object.fromEntries(
      used.map(({ id, content }) => [content, { id: content, ids: [id], tokens: [content] }]),
    ),
  };
}
