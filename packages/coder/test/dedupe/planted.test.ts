import { describe, expect, it } from "vitest";
import { decontaminate, nearDuplicates } from "../../src";
import { chooseBands, recallOf } from "../../src/dedupe/bands";
import { jaccard, shingles } from "../../src/dedupe/shingles";

/** Numbers in [0, 1) that repeat from a seed. */
function source(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = source(11);
const word = () => `w${Math.floor(random() * 5000)}`;
const words = (count: number) => Array.from({ length: count }, word);

/** A copy in which single words are replaced until its index falls to the wanted one. */
function edited(original: readonly string[], wanted: number): string[] {
  const copy = [...original];
  const set = shingles(original.join(" "), 5);
  for (let i = 7; jaccard(set, shingles(copy.join(" "), 5)) > wanted && i < copy.length; i += 11)
    copy[i] = `edit${i}`;
  return copy;
}

describe("near-duplicates that were planted", () => {
  it("are all found, and nothing else is", () => {
    const originals = Array.from({ length: 220 }, () => words(400));
    const copies = Array.from({ length: 40 }, (_, i) =>
      edited(originals[i]!, 0.8 + (0.15 * i) / 39),
    );
    const texts = [...originals, ...copies].map((text) => text.join(" "));
    const index = copies.map((copy, i) =>
      jaccard(shingles(copy.join(" "), 5), shingles(originals[i]!.join(" "), 5)),
    );
    const planted = index.flatMap((value, i) => (value >= 0.85 ? [[i, 220 + i]] : []));
    expect(planted.length).toBeGreaterThan(15);
    expect(planted.length).toBeLessThan(40);
    expect(nearDuplicates(texts)).toEqual(planted);
  });

  it("are joined through a text between them", () => {
    const base = words(300);
    const chain = [base, edited(base, 0.9), edited(edited(base, 0.9), 0.82)].map((each) =>
      each.join(" "),
    );
    expect(nearDuplicates([chain[0]!, "something else entirely", chain[1]!])).toEqual([[0, 2]]);
  });

  it("cost little when thousands are equal", () => {
    const text = words(50).join(" ");
    const groups = nearDuplicates(Array.from({ length: 5000 }, () => text));
    expect(groups).toHaveLength(1);
    expect(groups[0]).toHaveLength(5000);
  });

  it("do not include texts without words, but all of these are equal", () => {
    expect(nearDuplicates(["", "a", " \n "])).toEqual([[0, 2]]);
  });

  it("refuse parameters out of range", () => {
    expect(() => nearDuplicates([], { threshold: 0 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
    expect(() => nearDuplicates([], { shingleWord: 3 } as never)).toThrow(
      'did you mean "shingleWords"?',
    );
    expect(() => nearDuplicates([1] as never)).toThrow("texts[0] must be a text");
  });
});

describe("bands", () => {
  it("find a pair at the threshold with probability 0.99 or more", () => {
    for (const threshold of [0.5, 0.7, 0.85, 0.95]) {
      const bands = chooseBands(256, threshold);
      expect(recallOf(bands, threshold)).toBeGreaterThanOrEqual(0.99);
      expect(bands.bands * bands.rows).toBeLessThanOrEqual(256);
    }
    expect(chooseBands(256, 0.85)).toEqual({ bands: 25, rows: 10 });
  });
});

describe("decontamination", () => {
  it("finds runs of ten words of an item, and whole items of three to nine", () => {
    const items = Array.from({ length: 15 }, () => words(30).join(" "));
    const short = Array.from({ length: 15 }, (_, i) => words(3 + (i % 7)).join(" "));
    const clean = Array.from({ length: 60 }, () => words(100).join(" "));
    const leaky = [
      ...items.map((item, i) => `${clean[i]} ${item.split(" ").slice(5, 15).join(" ")} ${word()}`),
      ...short.map((item, i) => `${word()} ${item} ${clean[i + 15]}`),
    ];
    const found = decontaminate([...clean, ...leaky], [...items, ...short]);
    expect(found.map(({ text }) => text)).toEqual(leaky.map((_, i) => 60 + i));
    expect(found.map(({ item }) => item)).toEqual(leaky.map((_, i) => i));
  });

  it("does not find nine words of a long item, part of a short one, or an item of two words", () => {
    const long = words(30);
    const short = words(9);
    const texts = [long.slice(3, 12).join(" "), short.slice(0, 8).join(" "), "hello world again"];
    expect(decontaminate(texts, [long.join(" "), short.join(" "), "hello world"])).toEqual([]);
  });

  it("takes other tokens than words", () => {
    const tokensOf = (text: string) => [...text];
    expect(decontaminate(["xxabcxx"], ["abc"], { tokensOf })).toEqual([
      { text: 0, item: 0, match: "a b c" },
    ]);
  });
});
