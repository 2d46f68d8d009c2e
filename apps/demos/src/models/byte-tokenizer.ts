import type { TokenizerJson } from "@deepgrain/lm";

/** Printable bytes stand for themselves in the byte alphabet, the others for letters from U+0100 on. */
const isPrintable = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** The tokenizer of a model that reads bytes: token n is byte n. */
export function byteTokenizer(): TokenizerJson {
  let next = 0x100;
  const letters = Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(isPrintable(byte) ? byte : next++),
  );
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, use_regex: false };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(letters.map((letter, byte) => [letter, byte])),
      merges: [],
    },
  };
}
