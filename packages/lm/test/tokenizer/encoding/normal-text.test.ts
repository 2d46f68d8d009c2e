import { atOnce } from "@deepgrain/support";
import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalText } from "../../../src/tokenizer/encoding/normal-text";
import { Pace } from "../../../src/tokenizer/encoding/pace";
import { pipelineOf } from "../../../src/tokenizer/encoding/pipeline";

const step = (type: string, more: object = {}) => ({ type, ...more });
const bert = { clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true };
const spaces = step("Replace", { pattern: { String: " " }, content: "\u2581" });

const normalizers = [
  ...["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Precompiled"].map((one) =>
    step(one),
  ),
  step("BertNormalizer", bert),
  step("Sequence", { normalizers: [step("NFKD"), step("Lowercase"), spaces, step("NFC")] }),
  step("Sequence", { normalizers: [step("Prepend", { prepend: "\u2581" }), spaces] }),
  step("Replace", { pattern: { Regex: " +a" }, content: "b" }),
  step("Strip", { strip_left: true, strip_right: true }),
];

/** Characters that compose, reorder or depend on their neighbours. */
const hard = [
  ..."aA1 .:'^\u03a3\u03c3\u03b1\u0391\u0301\u0323\u0338\u0345\u0130\uff5e\u2248\u226f<=\u1100\u1161\u11a8\uac00\u326e\u3260\uffc2\uffa1",
  ..."\u304b\u3099\u30ab\uff76\uff9e\u0915\u093c\u0627\u0653\u0e33\u0e01\u0418\u0306\u4e00\u00c0\ufb01\u200d\u0000\t\n\u2581",
];
const longText = fc
  .array(fc.oneof(fc.constantFrom(...hard), fc.string({ unit: "binary", maxLength: 3 })), {
    minLength: 6000,
    maxLength: 20_000,
    size: "max",
  })
  .map((parts) => parts.join(""));

const pipelineWith = (normalizer: object) => {
  const json = { added_tokens: [], pre_tokenizer: null, post_processor: null, decoder: null };
  const model = { type: "BPE", vocab: {}, merges: [] };
  return pipelineOf(new Tokenizer({ ...json, normalizer, model }, {}));
};

describe.each(normalizers)("a text in parts, by $type", (normalizer) => {
  it("is normalised as a whole", () => {
    const pipeline = pipelineWith(normalizer);
    fc.assert(
      fc.property(longText, (text) => {
        expect(atOnce(normalText(pipeline, text, new Pace()))).toBe(pipeline.normalizer!(text));
      }),
      { numRuns: 3 },
    );
  });
});

it("lets others have their turn, for letters, signs and symbols of many scripts", () => {
  const pipeline = pipelineWith(step("BertNormalizer", bert));
  for (const part of ["a", ".", "<s>", "\u2248", "\u0e01", "\u0627", "\u3042", "\u4e00", "the "]) {
    const work = normalText(pipeline, part.repeat(20_000 / part.length), new Pace());
    let slices = 0;
    while (!work.next().done) slices++;
    expect(slices, part).toBeGreaterThan(3);
  }
});
