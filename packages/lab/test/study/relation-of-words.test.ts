import { describe, expect, it } from "vitest";
import { relationOfWords } from "../../src/study/relation-of-words";

const relation = (words: string) => relationOfWords("it works", words);

describe("the relation of a paper's words", () => {
  it.each([
    "achieves comparable performance with GShard 2.9B",
    "performs comparably",
    "matches or even surpasses the performance of full-parameter fine-tuning",
    "is on par with it",
    "nearly approaches the performance of its dense counterpart",
    "while maintaining what it knew",
    "keeps its quality",
    "with only about 40% of computations",
    "using only 28.5% (maybe even 18.2%) of computations",
  ])("is no worse: %s", (words) => expect(relation(words)).toBe("≤"));

  it.each([
    "an equal share",
    "both have the same loss",
    "it stays unchanged",
    "engendering little difference",
  ])("is equality: %s", (words) => expect(relation(words)).toBe("="));

  it.each([
    "improves it",
    "we propose an approach",
    "its size is only 2% of that",
    "unequal parts",
    "sampled",
  ])("is a direction: %s", (words) => expect(relation(words)).toBe("<"));

  it("refuses none, more than fifteen, and words of two relations, and names claim and words", () => {
    expect(relation("a ".repeat(15))).toBe("<");
    for (const words of ["", "  ", "a ".repeat(16), undefined as never])
      expect(() => relation(words)).toThrow(
        expect.objectContaining({ code: "ERR_ARGUMENT", fields: { claim: "it works", words } }),
      );
    expect(() => relation("comparable at the same cost")).toThrow(
      'lab/study: words of the claim "it works" must be of one relation, not of both ≤ and =, got "comparable at the same cost"',
    );
  });
});
