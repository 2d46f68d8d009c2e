import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemOf, splitText, TEXT_BYTES } from "../../src/mixture/text";

describe("a text for the mixture", () => {
  it("is split into training and held-out bytes without loss, two of twenty pieces held out", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40, maxLength: 4000 }), (bytes) => {
        const { training, heldOut } = splitText(bytes);
        expect(training.length + heldOut.length).toBe(bytes.length);
        const size = Math.ceil(bytes.length / 20);
        expect([...training.subarray(0, 9 * size)]).toEqual([...bytes.subarray(0, 9 * size)]);
        expect([...heldOut.subarray(0, size)]).toEqual([...bytes.subarray(9 * size, 10 * size)]);
      }),
    );
  });

  const letters = (count: number) => new Uint8Array(count).fill(97);

  it("may have from 20 kB to 2 MB", () => {
    expect(problemOf(letters(TEXT_BYTES.min), "a.txt")).toBeUndefined();
    expect(problemOf(letters(TEXT_BYTES.max), "a.txt")).toBeUndefined();
  });

  it.each([
    ["empty", letters(0), "a.txt is empty; choose a text of at least 20 kB."],
    ["short", letters(19_999), "a.txt has 20 kB; at least 20 kB are needed to learn from."],
    ["long", letters(2_000_001), "a.txt has 2,001 kB; at most 2,000 kB are read."],
    [
      "not UTF-8",
      letters(20_000).fill(0xff),
      "a.txt is no text in UTF-8; choose a plain text file.",
    ],
    ["binary", letters(20_000).fill(0), "a.txt is no text: it holds zero bytes."],
  ])("is refused where it is %s", (_, bytes, problem) => {
    expect(problemOf(bytes, "a.txt")).toBe(problem);
  });
});
