import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenizer, EncoderModel, encodeTexts, trainBpe } from "../../src";
import { specialToken } from "../../src/tokenizer/tokenizer-json";
import { tinyEncoder } from "./tiny-encoder";

const pieces = "[PAD] [UNK] [CLS] [SEP] [MASK] the cat dog ##s run ##ning un ##related . ,".split(
  " ",
);

/** The tokenizer.json of BERT's uncased models with a small vocabulary. */
const wordPiece = await createTokenizer({
  tokenizer: {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: pieces.slice(0, 5).map((content, id) => specialToken(id, content)),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
        "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
      },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
    },
  },
  config: {
    tokenizer_class: "BertTokenizer",
    cls_token: "[CLS]",
    sep_token: "[SEP]",
    pad_token: "[PAD]",
    mask_token: "[MASK]",
  },
});

const bert = tinyEncoder({ max_position_embeddings: 32 });
const ids = (...tokens: string[]) => tokens.map((token) => pieces.indexOf(token));

describe("a WordPiece tokenizer", () => {
  it("splits words into the longest pieces, and knows its special tokens", () => {
    expect(wordPiece.encode("The cats, running UNRELATED.", { addSpecialTokens: false })).toEqual(
      ids("the", "cat", "##s", ",", "run", "##ning", "un", "##related", "."),
    );
    expect(wordPiece.encode("the wolf")).toEqual(ids("[CLS]", "the", "[UNK]", "[SEP]"));
    expect(wordPiece).toMatchObject({ clsTokenId: 2, sepTokenId: 3, maskTokenId: 4 });
  });
});

describe("encodeTexts", () => {
  it("pads rows of BERT, and gives second texts the type 1", () => {
    const batch = encodeTexts(wordPiece, bert, ["the dogs", ["cat", "run ."]]);
    expect(batch).toEqual({
      batch: 2,
      length: 6,
      ids: Int32Array.from([
        ...ids("[CLS]", "the", "dog", "##s", "[SEP]", "[PAD]"),
        ...ids("[CLS]", "cat", "[SEP]", "run", ".", "[SEP]"),
      ]),
      attentionMask: Int32Array.of(1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1),
      tokenTypeIds: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1),
    });
    expect(new EncoderModel(bert).forward(batch).shape).toEqual([2, 2]);
  });

  it("separates RoBERTa's texts by two tokens, with byte-level BPE and one type", async () => {
    const special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
    const tokenizer = await createTokenizer({
      tokenizer: await trainBpe(["a b"], { vocabSize: 261, specialTokens: special }),
      config: { cls_token: "<s>", sep_token: "</s>", pad_token: "<pad>", mask_token: "<mask>" },
    });
    const config = tinyEncoder({
      model_type: "roberta",
      vocab_size: 261,
      max_position_embeddings: 14,
      type_vocab_size: 1,
    });
    const [a] = tokenizer.encode("a", { addSpecialTokens: false }) as [number];
    const batch = encodeTexts(tokenizer, config, ["a", ["a", "a"]]);
    expect([...Array.from(batch.ids)]).toEqual([0, a, 2, 1, 1, 1, 0, a, 2, 2, a, 2]);
    expect([...Array.from(batch.attentionMask!)]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(Array.from(batch.tokenTypeIds!).every((type) => type === 0)).toBe(true);
    expect(new EncoderModel(config).forward(batch).shape).toEqual([2, 2]);
  });

  it("cuts the longer text until the row fits", () => {
    const row = (text: string | [string, string], maxLength: number) =>
      Array.from(encodeTexts(wordPiece, bert, [text], { maxLength }).ids);
    expect(row("the cat run .", 4)).toEqual(ids("[CLS]", "the", "cat", "[SEP]"));
    expect(row(["the cat run", "dog"], 6)).toEqual(
      ids("[CLS]", "the", "cat", "[SEP]", "dog", "[SEP]"),
    );
    expect(row(["the cat", "dog run"], 6)).toEqual(
      ids("[CLS]", "the", "cat", "[SEP]", "dog", "[SEP]"),
    );
  });

  it("gives rows that the model takes, for any texts", () => {
    const model = new EncoderModel(tinyEncoder()).eval();
    const text = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(text, fc.tuple(text, text)), { minLength: 1, maxLength: 4 }),
        (texts) => {
          const logits = model.forward(encodeTexts(wordPiece, model.config, texts)).dataSync();
          expect(logits.every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each<[string, () => unknown, string]>([
    ["no texts", () => encodeTexts(wordPiece, bert, []), "ERR_RANGE"],
    [
      "a length without room",
      () => encodeTexts(wordPiece, bert, ["a"], { maxLength: 2 }),
      "ERR_RANGE",
    ],
    [
      "a pair without room",
      () => encodeTexts(wordPiece, bert, [["a", "b"]], { maxLength: 3 }),
      "ERR_RANGE",
    ],
    [
      "a length past the model's",
      () => encodeTexts(wordPiece, bert, ["a"], { maxLength: 33 }),
      "ERR_RANGE",
    ],
    [
      "a tokenizer of another model",
      () => encodeTexts(wordPiece, { ...bert, vocabSize: 9 }, ["a"]),
      "ERR_MISMATCH",
    ],
    [
      "unnamed special tokens",
      () => encodeTexts({ ...wordPiece, clsTokenId: undefined }, bert, ["a"]),
      "ERR_MISSING",
    ],
  ])("refuses %s", (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
