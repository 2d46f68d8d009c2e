import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Tokenizer, trainBpe } from "../../../src";
import { createTokenizer } from "../../../src/tokenizer";
import { KnownWords } from "../../../src/tokenizer/encoding/known-words";
import { byLibrary, randomTexts } from "./by-library";
import { kinds } from "./kinds";

const parts = [
  "the",
  " the",
  "not to be",
  "  ",
  "\n\n",
  "1234567",
  "it's",
  "é",
  "e\u0301",
  "漢字",
  "👍🏽",
  "\ud800",
  "<s>",
  "be o",
  "?!",
  "x".repeat(90),
  "the".repeat(40),
];
const anyText = fc
  .array(fc.oneof(fc.constantFrom(...parts), fc.string({ unit: "grapheme", maxLength: 8 })), {
    maxLength: 30,
  })
  .map((list) => list.join(""));

function assertEqual(tokenizer: Tokenizer, library: (text: string) => number[], text: string) {
  const expected = library(text);
  expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(expected);
}

describe.each(kinds)("with %s", (_, make) => {
  it("encode returns the ids that the library finds, also of what it has met", async () => {
    const tokenizer = await make();
    const library = byLibrary(tokenizer);
    fc.assert(
      fc.property(anyText, (text) => {
        assertEqual(tokenizer, library, text);
        assertEqual(tokenizer, library, text);
      }),
      { numRuns: 8 },
    );
  });
});

describe("a trained tokenizer", () => {
  it("finds the library's ids of random texts of all of Unicode", async () => {
    const text = "to be or not to be, that is the question; it's the être, 漢字 1234 ".repeat(20);
    const tokenizer = await createTokenizer({
      tokenizer: await trainBpe([text], { vocabSize: 300 }),
    });
    const library = byLibrary(tokenizer);
    for (const random of randomTexts(600)) assertEqual(tokenizer, library, random);
  });
});

describe("the words that are known", () => {
  it("are those that were met lately, and never more than fit", () => {
    const known = new KnownWords();
    let most = 0;
    let missed = 0;
    for (let i = 0; i < 150_000; i++) {
      known.add(`word ${i}`, [i]);
      if (known.get("word 0")?.[0] !== 0) missed++; // it is met all the time
      most = Math.max(most, known.count);
    }
    expect(missed).toBe(0);
    expect(most).toBeGreaterThan(30_000);
    expect(most).toBeLessThan(120_000);
    expect(known.get("word 149999")).toEqual([149_999]);
    expect(known.get("word 1")).toBeUndefined();
  });

  it("are not long", () => {
    const known = new KnownWords();
    known.add("x".repeat(64), [1]);
    known.add("x".repeat(65), [2]);
    expect(known.get("x".repeat(64))).toEqual([1]);
    expect(known.get("x".repeat(65))).toBeUndefined();
  });
});
