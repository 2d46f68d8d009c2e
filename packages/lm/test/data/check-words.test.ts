import { describe, expect, it } from "vitest";
import { checkWords } from "../../src";

describe("checkWords", () => {
  const training = ["Call me Ishmael. Some years ago, never mind how long", "the whale's tail"];

  it("counts the words that occur in the training text, without the last one, which may be cut", () => {
    const written = ["The Whale's ishmaelite years ne", "mind tai"];
    expect(checkWords(written, training)).toMatchObject({ words: 5, known: 4 });
  });

  it("finds the longest run that was copied, whatever its case and signs", () => {
    const written = ["never mind how; some years ago never Mind me x"];
    expect(checkWords(written, training)).toMatchObject({
      longestCopy: 5,
      copied: "some years ago never mind",
    });
  });

  it("is no error without words", () => {
    expect(checkWords([" 1 2 3"], training)).toEqual({
      words: 0,
      known: 0,
      longestCopy: 0,
      copied: "",
    });
  });
});
