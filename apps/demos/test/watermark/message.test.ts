import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsOf, lettersOf } from "../../src/watermark/mark";
import { payloadBits } from "../../src/watermark/payload-code";
import { payloadProblem, textProblem } from "../../src/watermark/state";

const letter = fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code));

describe("a message of up to four letters", () => {
  it("comes back from its bits, which the page shows as the package makes them", () => {
    fc.assert(
      fc.property(fc.string({ unit: letter, minLength: 1, maxLength: 4 }), (payload) => {
        expect(lettersOf(bitsOf(payload))).toBe(payload);
        expect(payloadBits(payload)).toEqual([...bitsOf(payload)]);
        expect(payloadProblem(payload)).toBeUndefined();
      }),
    );
  });

  it("shows bytes that are no letters as dots", () => {
    expect(lettersOf([0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1])).toBe("·A");
  });

  it.each([
    ["", "Type one to four letters; the texts before stay."],
    ["  ", "Type one to four letters; the texts before stay."],
    ["hello", "A message has at most 4 letters: each costs eight bits."],
    ["é", "A message has plain letters, digits or signs, a byte each."],
    ["😀", "A message has plain letters, digits or signs, a byte each."],
  ])("is refused as %j", (payload, problem) => {
    expect(payloadProblem(payload)).toBe(problem);
  });
});

describe("an edited text", () => {
  it.each([
    [" \n", "There is no text left to read; what was read before stays."],
    ["x".repeat(1501), "The text has 1,501 letters; at most 1,500 are read."],
    ["x".repeat(1500), undefined],
  ])("is judged before it is read (%#)", (text, problem) => {
    expect(textProblem(text)).toBe(problem);
  });
});
