import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paraphrase } from "../src/attacks/paraphrase";
import { foldCase, insertInvisible, swapHomoglyphs } from "../src/attacks/text-attacks";
import {
  copyPaste,
  deleteTokens,
  insertTokens,
  substitute,
  swapNeighbours,
} from "../src/attacks/token-attacks";
import { trainNgram } from "../src/proxy/ngram";
import { normalizeText } from "../src/text/normalize-text";
import { makeRandom } from "./support/language-model";

const text = fc.array(fc.nat(99), { minLength: 2, maxLength: 60 });
const rate = fc.double({ min: 0, max: 1, noNaN: true });
const seed = fc.nat();

describe("token attacks", () => {
  it("edit exactly the share they are told to", () => {
    fc.assert(
      fc.property(text, rate, seed, (ids, share, s) => {
        const count = Math.round(ids.length * share);
        const fresh = { vocabSize: 1000, draw: () => 777 };
        expect(
          substitute(ids, share, fresh, makeRandom(s)).filter((id) => id === 777),
        ).toHaveLength(count);
        expect(deleteTokens(ids, share, makeRandom(s))).toHaveLength(ids.length - count);
        const longer = insertTokens(ids, share, fresh, makeRandom(s));
        expect(longer.filter((id) => id !== 777)).toEqual(ids);
        expect(longer).toHaveLength(ids.length + count);
        const swapped = swapNeighbours(ids, share, makeRandom(s));
        expect([...swapped].sort()).toEqual([...ids].sort());
      }),
    );
  });

  it("paste all pieces, in order, into the complete human text", () => {
    fc.assert(
      fc.property(text, fc.array(fc.constant(-1), { maxLength: 50 }), seed, (ids, human, s) => {
        const pieces = 1 + (s % Math.min(4, ids.length));
        const mixed = copyPaste(ids, human, pieces, makeRandom(s));
        expect(mixed.ids.filter((id) => id !== -1)).toEqual(ids);
        expect(mixed.ids).toHaveLength(ids.length + human.length);
        expect(mixed.pieces.flatMap(({ start, end }) => mixed.ids.slice(start, end))).toEqual(ids);
      }),
    );
  });

  it("refuse rates and pieces out of range", () => {
    expect(() => substitute([1], 2, { vocabSize: 3 }, Math.random)).toThrow("from 0 to 1");
    expect(() => copyPaste([1, 2], [], 3, Math.random)).toThrow("pieces");
  });

  it("paraphrase with another model: same length, chosen share, other words", async () => {
    const random = makeRandom(3);
    const corpus = Array.from({ length: 4000 }, (_, i) => (i * i + (i >> 3)) % 50);
    const lm = trainNgram([corpus], { vocabSize: 50, order: 2 });
    const ids = corpus.slice(0, 100);
    expect(await paraphrase(ids, lm, { rate: 0 }, random)).toEqual(ids);
    const all = await paraphrase(ids, lm, { rate: 1 }, random);
    expect(all.every((id, i) => id !== ids[i])).toBe(true);
    const some = await paraphrase(ids, lm, { rate: 0.3 }, random);
    const changed = some.filter((id, i) => id !== ids[i]).length;
    expect(changed).toBeGreaterThan(15);
    expect(changed).toBeLessThan(45);
  });
});

describe("text attacks and their cure", () => {
  const plain = "A quick brown fox, said Peter, jumps over the lazy dog.";

  it("homoglyphs, invisible characters and odd forms are normalised away", () => {
    const random = makeRandom(1);
    const disguised = swapHomoglyphs(plain, 0.5, random);
    expect(disguised).not.toBe(plain);
    expect(disguised).toHaveLength(plain.length);
    expect(normalizeText(disguised)).toBe(plain);
    expect(normalizeText(insertInvisible(plain, 0.5, random))).toBe(plain);
    expect(normalizeText("ﬁne\u00a0ｗｏｒｄｓ")).toBe("fine words");
    expect(normalizeText("a  b \nc", { whitespace: true })).toBe("a b\nc");
  });

  it("leave other alphabets and plain text alone", () => {
    expect(normalizeText("Москва и Αθήνα")).toBe("Москва и Αθήνα");
    expect(normalizeText(plain)).toBe(plain);
  });

  it("case folding is undone at sentence starts", () => {
    const shouted = foldCase("The end. It was late.", 1, makeRandom(1), "upper");
    expect(shouted).toBe("THE END. IT WAS LATE.");
    expect(normalizeText(shouted, { trueCase: true })).toBe("The end. It was late.");
    expect(foldCase("The End", 1, makeRandom(1))).toBe("the end");
  });
});
