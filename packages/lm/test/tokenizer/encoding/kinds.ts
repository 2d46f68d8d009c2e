/** @file Tokenizers of every kind that the library reads, small. */
import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { createTokenizer, llama2cTokenizerJson, type Tokenizer } from "../../../src";
import { bpeTokenizerJson } from "../../../src/tokenizer/bpe-tokenizer-json";
import { preTokenPatterns, preTokenSequences } from "../../../src/tokenizer/published-patterns";
import { handMadeTokenizer } from "../../json-schema/hand-made-tokenizer";
import { readLlama2cTokenizer } from "../../support/stories";
import {
  added,
  around,
  byteLevel,
  bytes,
  characters,
  config,
  metaspace,
  ofCharacters,
  spaces,
  splitting,
  unigram,
  wordPiece,
} from "./small-tokenizers";

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
