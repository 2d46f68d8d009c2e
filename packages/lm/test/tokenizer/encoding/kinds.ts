/** @file Tokenizers of every kind that the library reads, small. */
import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { createTokenizer, llama2cTokenizerJson, type Tokenizer, trainBpe } from "../../../src";
import { bpeTokenizerJson } from "../../../src/tokenizer/bpe-tokenizer-json";
import { preTokenPatterns, preTokenSequences } from "../../../src/tokenizer/published-patterns";
import { handMadeTokenizer } from "../../json-schema/hand-made-tokenizer";
import { readLlama2cTokenizer } from "../../support/stories";

const text =
  "to be or not to be, that's the question: 1234 times  two\n\n is É 漢字 ... the  then thé 👍🏽";
const roles = { specialTokens: ["<s>", "</s>"], bosToken: "<s>", eosToken: "</s>" };
const trained = await trainBpe([text, text], { vocabSize: 330, ...roles });
const config = { bos_token: "<s>", eos_token: "</s>" };
const { model } = trained;

/** The trained model with other parts around it. */
const around = (parts: object, more: object = {}, options = {}): Promise<Tokenizer> =>
  createTokenizer(
    { tokenizer: { ...trained, ...parts, model: { ...model, ...more } }, config },
    options,
  );

const byteLevel = { type: "ByteLevel", add_prefix_space: false, use_regex: false };
const added = (content: string, id: number, more: object) => ({ content, id, ...more });

const letters = Array.from(
  "abcdehimnorstuwz▁ĝé ,.!12漢",
  (letter, id) => [letter, id + 2] as const,
);
const vocab = { "<s>": 0, "</s>": 1, ...Object.fromEntries(letters) };
const joined = ["th", "the", "▁t", "▁the", "an", "no", "not"];
const characters = {
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
const bytes = Object.fromEntries(
  Array.from({ length: 256 }, (_, byte) => [
    `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    100 + byte,
  ]),
);
/** A tokenizer of characters, as SentencePiece's are. */
const ofCharacters = (parts: object, more: object = {}): Promise<Tokenizer> =>
  createTokenizer({
    tokenizer: { added_tokens: [], ...parts, model: { ...characters, ...more } },
    config: {},
  });
const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "first" };
const spaces = { type: "Replace", pattern: { String: " " }, content: "▁" };

const pieces = "[UNK] [CLS] [SEP] the cat dog ##s run ##ning un ##related . , to be ##e 漢 or not";
const wordPiece = (maxCharacters: number): Promise<Tokenizer> =>
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

const unigram = (parts: object): Promise<Tokenizer> =>
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

const splitting = (step: object) =>
  around({ pre_tokenizer: { type: "Sequence", pretokenizers: [step, byteLevel] } });

/** How each is made. */
export const kinds: readonly (readonly [name: string, make: () => Promise<Tokenizer>])[] = [
  ["GPT-2's pattern", () => around({})],
  ["no pattern", () => around({ pre_tokenizer: byteLevel })],
  ...Object.entries({ ...preTokenPatterns, ...preTokenSequences }).map(
    ([name, pattern]) =>
      [
        `${name}'s pattern`,
        () => {
          const { pre_tokenizer } = bpeTokenizerJson([], [], { pattern });
          return around({ pre_tokenizer });
        },
      ] as const,
  ),
  [
    "groups of three digits",
    () =>
      splitting({
        type: "Split",
        pattern: { Regex: "\\d{1,3}(?=(?:\\d{3})*\\b)" },
        behavior: "Isolated",
        invert: false,
      }),
  ],
  [
    "a pattern in linear time",
    () =>
      splitting({
        type: "Split",
        pattern: { Regex: "(?:[a-z] ?){1,3}|\\d+" },
        behavior: "Isolated",
        invert: false,
      }),
  ],
  [
    "a trusted pattern that looks back",
    () =>
      around(
        {
          pre_tokenizer: {
            type: "Sequence",
            pretokenizers: [
              {
                type: "Split",
                pattern: { Regex: "(?<=e )\\w+|\\s\\B" },
                behavior: "Isolated",
                invert: false,
              },
              byteLevel,
            ],
          },
        },
        {},
        { trustPatterns: true },
      ),
  ],
  [
    "matches alone",
    () =>
      splitting({ type: "Split", pattern: { Regex: "\\p{N}" }, behavior: "Removed", invert: true }),
  ],
  [
    "what stands between",
    () =>
      splitting({ type: "Split", pattern: { String: " " }, behavior: "Removed", invert: false }),
  ],
  [
    "digits and signs",
    () =>
      around({
        pre_tokenizer: {
          type: "Sequence",
          pretokenizers: [
            { type: "Digits", individual_digits: true },
            { type: "Punctuation" },
            byteLevel,
          ],
        },
      }),
  ],
  [
    "words",
    () =>
      around({
        pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Whitespace" }, byteLevel] },
      }),
  ],
  [
    "spaces alone",
    () =>
      around({
        pre_tokenizer: {
          type: "Sequence",
          pretokenizers: [{ type: "WhitespaceSplit" }, byteLevel],
        },
      }),
  ],
  [
    "parts of one length",
    () =>
      around({
        pre_tokenizer: {
          type: "Sequence",
          pretokenizers: [{ type: "FixedLength", length: 7 }, byteLevel],
        },
      }),
  ],
  [
    "a space before each text",
    () => around({ pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, use_regex: true } }),
  ],
  [
    "added tokens that strip",
    () =>
      around({
        added_tokens: [
          added("<s>", 0, { special: true, lstrip: true }),
          added("</s>", 1, { special: true, rstrip: true }),
          added("  ", 400, { special: false }),
          added("be o", 401, { special: false, lstrip: true, rstrip: true }),
        ],
      }),
  ],
  [
    "normal forms",
    () =>
      around({
        normalizer: {
          type: "Sequence",
          normalizers: [
            { type: "NFKC" },
            { type: "Lowercase" },
            { type: "NFD" },
            { type: "StripAccents" },
          ],
        },
      }),
  ],
  [
    "a stripping normaliser",
    () =>
      around({
        normalizer: { type: "Strip", strip_left: true, strip_right: true },
        added_tokens: [added("the", 402, { special: false })],
      }),
  ],
  ["whole words of the vocabulary", () => around({}, { ignore_merges: true })],
  ["ends of words", () => around({}, { end_of_word_suffix: "</w>", unk_token: "<s>" })],
  [
    "suffixes inside words",
    () => around({}, { continuing_subword_suffix: "@@", unk_token: "<s>" }),
  ],
  ["no unknown token", () => ofCharacters({ normalizer: spaces }, { unk_token: null })],
  ["fused unknown tokens", () => ofCharacters({ pre_tokenizer: metaspace })],
  ["unknown tokens apart", () => ofCharacters({ normalizer: spaces }, { fuse_unk: false })],
  [
    "bytes of unknown characters",
    () =>
      ofCharacters(
        {
          normalizer: {
            type: "Sequence",
            normalizers: [{ type: "Prepend", prepend: "▁" }, spaces],
          },
        },
        { byte_fallback: true, vocab: { ...characters.vocab, ...bytes } },
      ),
  ],
  [
    "some bytes",
    () =>
      ofCharacters(
        {},
        { byte_fallback: true, vocab: { ...characters.vocab, "<0xC3>": 90, "<0xA9>": 91 } },
      ),
  ],
  ["a Unigram model", () => unigram({ pre_tokenizer: metaspace })],
  [
    "a Unigram model with a map",
    () =>
      unigram({
        normalizer: { type: "Precompiled", precompiled_charsmap: "" },
        pre_tokenizer: {
          type: "Sequence",
          pretokenizers: [{ type: "WhitespaceSplit" }, metaspace],
        },
      }),
  ],
  ["WordPiece", () => wordPiece(100)],
  ["WordPiece with long words", () => wordPiece(1000)],
  ["tokens across JSON", handMadeTokenizer],
  ...(sharedIsMissing
    ? []
    : ([
        [
          "tiny-random-gpt2",
          () =>
            createTokenizer({
              tokenizer: JSON.parse(
                readFileSync(shared("data/models/tiny-random-gpt2/tokenizer.json"), "utf8"),
              ),
            }),
        ],
        [
          "stories260K",
          () =>
            createTokenizer({
              tokenizer: llama2cTokenizerJson(
                readLlama2cTokenizer(shared("data/models/stories260K/tok512.bin")),
              ),
              config,
            }),
        ],
      ] as const)),
];
