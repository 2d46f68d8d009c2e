import { describe, expect, it } from "vitest";
import { foldCase, insertInvisible, swapHomoglyphs } from "../src/attacks/text-attacks";
import { normalizeText } from "../src/text/normalize-text";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, write } from "./support/language-model";

const consonants = "bdfgklmnprstvz";
const vowels = "aeiou";
const words = Array.from(
  { length: 128 },
  (_, i) =>
    `${consonants[i % 14]}${vowels[i % 5]}${consonants[(i >> 1) % 14]}${vowels[(i >> 3) % 5]}x${i % 7 ? "" : "e"}`,
).map((word, i, all) => (all.indexOf(word) === i ? word : `${word}q${vowels[i % 5]}`));
const index = new Map(words.map((word, i) => [word, i]));
/** A tokenizer by words; unknown words become 0, as any disguise makes them. */
const tokenize = (text: string) => text.split(" ").map((word) => index.get(word) ?? 0);

describe("detection on text", () => {
  const random = makeRandom(2);
  const model = markovModel(128, 6);
  const profile = { scheme: "kgw", vocab_size: 128, bias: 3 } as const;
  const key = "0f0e0d0c0b0a09080706050403020100";
  const plain = createWatermark(profile, key, { tokenize });
  const cured = createWatermark(profile, key, {
    tokenize,
    normalize: (text) => normalizeText(text).toLowerCase(),
  });
  const ids = write(model, [1], 200, random, plain.createProcessor());
  const text = ids.map((id) => words[id]).join(" ");

  it("goes through the tokenizer", () => {
    expect(new Set(words).size).toBe(128);
    expect(plain.detect(text)).toEqual(plain.detect(ids));
    expect(plain.detect("").verdict).not.toBe("found");
  });

  it("survives disguises once the text is normalised", () => {
    const disguises = [
      swapHomoglyphs(text, 0.3, random),
      insertInvisible(text, 0.3, random),
      foldCase(text, 0.8, random, "upper"),
    ];
    for (const disguise of disguises) {
      expect(plain.detect(disguise).z).toBeLessThan(plain.detect(text).z / 2);
      expect(cured.detect(disguise).z).toBeCloseTo(plain.detect(text).z, 10);
    }
  });
});
