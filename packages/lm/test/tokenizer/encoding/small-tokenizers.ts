/** @file Makers of small tokenizers, each with parts of its own. */
import { createTokenizer, type Tokenizer, trainBpe } from "../../../src";

const text =
  "to be or not to be, that's the question: 1234 times  two\n\n is É 漢字 ... the  then thé 👍🏽";
const roles = { specialTokens: ["<s>", "</s>"], bosToken: "<s>", eosToken: "</s>" };
const trained = await trainBpe([text, text], { vocabSize: 330, ...roles });
export const config = { bos_token: "<s>", eos_token: "</s>" };
const { model } = trained;

/** The trained model with other parts around it. */
export const around = (parts: object, more: object = {}, options = {}): Promise<Tokenizer> =>
  createTokenizer(
    { tokenizer: { ...trained, ...parts, model: { ...model, ...more } }, config },
    options,
  );

export const byteLevel = { type: "ByteLevel", add_prefix_space: false, use_regex: false };
export const added = (content: string, id: number, more: object) => ({ content, id, ...more });

const letters = Array.from(
  "abcdehimnorstuwz▁ĝé ,.!12漢",
  (letter, id) => [letter, id + 2] as const,
);
const vocab = { "<s>": 0, "</s>": 1, ...Object.fromEntries(letters) };
const joined = ["th", "the", "▁t", "▁the", "an", "no", "not"];
export const characters = {
  type: "BPE",
  unk_token: "<unk>",
  fuse_unk: true,
  vocab: {
    ...vocab,
    ...Object.fromEntries(joined.map((token, i) => [token, 40 + i])),
    "<unk>": 50,
  },
  merges: ["t h", "th e", "▁ t", "▁t he", "a n", "n o", "no t"],
};
export const bytes = Object.fromEntries(
  Array.from({ length: 256 }, (_, byte) => [
    `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    100 + byte,
  ]),
);
/** A tokenizer of characters, as SentencePiece's are. */
export const ofCharacters = (parts: object, more: object = {}): Promise<Tokenizer> =>
  createTokenizer({
    tokenizer: { added_tokens: [], ...parts, model: { ...characters, ...more } },
    config: {},
  });
export const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "first" };
export const spaces = { type: "Replace", pattern: { String: " " }, content: "▁" };

const pieces = "[UNK] [CLS] [SEP] the cat dog ##s run ##ning un ##related . , to be ##e 漢 or not";
export const wordPiece = (maxCharacters: number): Promise<Tokenizer> =>
  createTokenizer({
    tokenizer: {
      added_tokens: [],
      normalizer: {
        type: "BertNormalizer",
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: "BertPreTokenizer" },
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: maxCharacters,
        vocab: Object.fromEntries(pieces.split(" ").map((piece, id) => [piece, id])),
      },
    },
  });

export const unigram = (parts: object): Promise<Tokenizer> =>
  createTokenizer({
    tokenizer: {
      added_tokens: [],
      ...parts,
      model: {
        type: "Unigram",
        unk_id: 0,
        vocab: [
          ["<unk>", 0],
          ["▁", -2],
          ["▁the", -3.5],
          ["th", -3],
          ["the", -4.5],
          ...Array.from("abcdehimnorstuwz", (letter, i) => [letter, -5 - i / 8]),
          ["e▁", -4],
          ["an", -6.25],
          ["not▁to", -7],
        ],
      },
    },
  });

export const splitting = (step: object) =>
  around({ pre_tokenizer: { type: "Sequence", pretokenizers: [step, byteLevel] } });
