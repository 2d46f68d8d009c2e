import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Tokenizer } from "../../../src";
import { kinds } from "./kinds";

const words = [
  "the",
  " the",
  "then",
  "not to",
  "be",
  "to be or not",
  " ",
  "  ",
  "\n",
  "\t \n\n",
  "1",
  "1234",
  "55555",
  "1234567a",
  "12345\u0301",
  "\u{1d7d8}\u{1d7d9}\u0661",
  "3.14",
  "'s",
  "it's",
  "é",
  "e\u0301",
  "ΑΣ",
  "Σ",
  "漢字",
  "がか\u3099",
  "👍🏽",
  "\u0000",
  "…",
  "<s>",
  "</s>",
  "<",
  "be o",
  "▁",
  "<unk>",
  "ﬁ",
  "İ",
  "?",
  ",",
  "._",
];

/** Texts of words, and of runs that are longer than what the library keeps. */
const anyText = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...words) },
      { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            fc.constantFrom(
              "a",
              "the",
              " ",
              "the ",
              "é",
              "漢",
              "1",
              "x",
              "<s>",
              "\n ",
              "tthee",
              "≈",
            ),
            fc.integer({ min: 80, max: 700 }),
          )
          .map(([part, count]) => part.repeat(count)),
      },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe.each(kinds)("with %s", (_, make) => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await make();
  });

  it("the ids of any text are those of encode", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.boolean(), async (text, addSpecialTokens) => {
        const ids = tokenizer.encode(text, { addSpecialTokens });
        expect(await tokenizer.encodeInTurns(text, { addSpecialTokens })).toEqual(ids);
        const own = { addSpecialTokens, maxTokens: ids.length };
        expect(await tokenizer.encodeInTurns(text, own)).toEqual(ids);
      }),
      { numRuns: 24 },
    );
  });

  it("a text is refused exactly if it has more tokens than it may have", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const ids = tokenizer.encode(text);
        fc.pre(ids.length > 0);
        const maxTokens = ids.length - 1;
        await expect(tokenizer.encodeInTurns(text, { maxTokens })).rejects.toMatchObject({
          code: "ERR_RANGE",
          fields: { maxTokens, leastTokens: ids.length },
        });
      }),
      { numRuns: 8 },
    );
  });
});
