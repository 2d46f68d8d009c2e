import { expect, it } from "vitest";
import { stepForm, stepHead } from "../../src/lm";

const tokenizer = {
  encode: (text: string) => (text === "" ? [9] : Array.from(text, (c) => c.codePointAt(0)!)),
};

it("gives a head of tokens the ids of its words, which are one token each", () => {
  const words = { good: "+", bad: "-" };
  expect(stepHead("tag", tokenizer, words)).toEqual({
    kind: "tag",
    goodTokenId: 43,
    badTokenId: 45,
  });
  expect(stepHead("mlp", tokenizer, words)).toEqual({ kind: "mlp" });
  expect(() => stepHead("tag", tokenizer, { good: "yes", bad: "-" })).toThrow("good must be one");
});

it("tells steps apart by a tag, or as pieces, after what the tokenizer puts first", () => {
  expect(stepForm("#", tokenizer)).toEqual({ kind: "tagged", tag: "#", bosTokenId: 9 });
  expect(stepForm(undefined, { encode: () => [] })).toEqual({ kind: "pieces", bosTokenId: null });
});
