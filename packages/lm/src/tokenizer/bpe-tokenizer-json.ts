import { gpt2Pattern } from "./count-pre-tokens";
import { specialToken, type TokenizerJson, templateProcessor } from "./tokenizer-json";

/** The parts around the merges in a byte-level tokenizer.json. */
export interface BpeTokenizerJsonOptions {
  specialTokens?: readonly string[] | undefined;
  pattern?: string | undefined;
  bosToken?: string | undefined;
  eosToken?: string | undefined;
}

/** GPT-2's pattern is built into the ByteLevel step; any other pattern comes before it as a Split step. */
function byteLevelPreTokenizer(pattern: string): object {
  const byteLevel = (useRegex: boolean) => ({
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: useRegex,
  });
  if (pattern === gpt2Pattern) return byteLevel(true);
  const split = {
    type: "Split",
    pattern: { Regex: pattern },
    behavior: "Isolated",
    invert: false,
  };
  return { type: "Sequence", pretokenizers: [split, byteLevel(false)] };
}

/**
 * Returns the tokenizer.json of a byte-level BPE: ids are special tokens first, then `tokens` in order.
 *
 * @param tokens bytes and merged tokens in the byte alphabet
 * @param merges pairs in the byte alphabet, first merge first
 */
export function bpeTokenizerJson(
  tokens: readonly string[],
  merges: readonly (readonly [string, string])[],
  { specialTokens = [], pattern = gpt2Pattern, bosToken, eosToken }: BpeTokenizerJsonOptions = {},
): TokenizerJson {
  const added = specialTokens.map((content, id) => specialToken(id, content));
  const find = (content?: string) => added.find((token) => token.content === content);
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: true,
    trim_offsets: false,
    use_regex: true,
  };
  const template = templateProcessor({ bos: find(bosToken), eos: find(eosToken) });
  const hasTemplate = bosToken !== undefined || eosToken !== undefined;
  const vocab = [...specialTokens, ...tokens].map((token, id) => [token, id] as const);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: byteLevelPreTokenizer(pattern),
    post_processor: hasTemplate
      ? { type: "Sequence", processors: [byteLevel, template] }
      : byteLevel,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocab),
      merges: merges.map(([left, right]) => `${left} ${right}`),
    },
  };
}
