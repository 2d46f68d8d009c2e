import { describe, expect, it } from "vitest";
import { encodeSteps } from "../../src/lm/step-encoding";
import { trainingSamples } from "../../src/lm/training-samples";

/** A token per character, and one for the tag with the space before it. */
const encode = (text: string) =>
  [...text.replaceAll(" ки", "\u0001")].map((character) => character.codePointAt(0)!);
const row = { problem: "2+3?", steps: ["2+3=5", "so 5"], labels: [true, 0.25] };

describe("encodeSteps", () => {
  it("joins pieces that are tokenised apart and reads a step at its separator's last token", () => {
    const { ids, places, labels } = encodeSteps(row, encode, { kind: "pieces", bosTokenId: 1000 });
    expect(ids).toEqual([1000, ...encode("2+3?\n2+3=5\nso 5\n")]);
    expect(places.map((place) => ids[place])).toEqual([10, 10]);
    expect(places).toEqual([11, 16]);
    expect(labels).toEqual([1, 0.25]);
  });

  it("puts problem end and separator as told", () => {
    const form = { kind: "pieces", problemEnd: "", separator: "||" } as const;
    const { ids, places } = encodeSteps(row, encode, form);
    expect(ids).toEqual(encode("2+3?2+3=5||so 5||"));
    expect(places).toEqual([10, 16]);
  });

  it("finds each tag at its own position, after tokenisation", () => {
    const { ids, places } = encodeSteps(row, encode, { kind: "tagged" });
    expect(ids).toEqual(encode("2+3? 2+3=5 ки\nso 5 ки"));
    expect(places.map((place) => ids[place])).toEqual([1, 1]);
  });

  it("refuses a tag that the tokenizer merges with its neighbours", () => {
    const merging = (text: string) => encode(text.replaceAll(" ки\n", "\u0002"));
    expect(() => encodeSteps(row, merging, { kind: "tagged" })).toThrow(
      /must occur once per step among the tokens, expected 2 times, got 1/,
    );
  });

  it.each([
    [{ ...row, steps: [] }, "there are no steps"],
    [{ ...row, steps: ["a", " "] }, "step 2 is empty"],
    [{ ...row, labels: [true] }, "2 steps need as many labels, got 1"],
    [{ ...row, labels: [2, 0] }, "label 1 must be 0 to 1"],
    [{ ...row, labels: [Number.NaN, 0] }, "label 1 must be 0 to 1"],
  ])("refuses %j", (bad, message) => {
    expect(() => encodeSteps(bad, encode)).toThrow(message);
  });

  it("refuses texts that hold the tag, and separators and tags without tokens", () => {
    const tagged = { ...row, problem: "2 ки 3?" };
    expect(() => encodeSteps(tagged, encode, { kind: "tagged" })).toThrow(/hold the tag "ки"/);
    expect(() => encodeSteps(row, encode, { kind: "pieces", separator: "" })).toThrow(/no tokens/);
    expect(() => encodeSteps(row, encode, { kind: "tagged", tag: " " })).toThrow(/blank/);
  });
});

describe("trainingSamples", () => {
  it("keeps the last label alone for an outcome model", () => {
    const { samples } = trainingSamples([row], { encode, target: "outcome" });
    expect(samples[0]!.labels).toEqual([null, 0.25]);
  });

  it("cuts steps beyond the limit, and drops and counts rows without a labelled step", () => {
    const short = { encode, maxLength: 12 };
    const { samples, dropped } = trainingSamples([row, { ...row, problem: "x".repeat(20) }], short);
    expect(samples).toHaveLength(1);
    expect(samples[0]).toEqual({
      ids: encode("2+3?\n2+3=5\n"),
      start: 5,
      places: [10],
      labels: [1],
    });
    expect(dropped).toBe(1);
    expect(trainingSamples([row], { ...short, target: "outcome" }).dropped).toBe(1);
    expect(() => trainingSamples([row], { encode, maxLength: 0 })).toThrow(/maxLength/);
  });
});
