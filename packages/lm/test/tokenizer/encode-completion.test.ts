import { describe, expect, it } from "vitest";
import { encodeCompletion } from "../../src";

const encode = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

describe("encodeCompletion", () => {
  it("trains on the completion and the end token alone", () => {
    const tokenizer = { encode, eosTokenId: 2 };
    expect(encodeCompletion([1, 65, 66], "CD", tokenizer)).toEqual({
      inputIds: [1, 65, 66, 67, 68, 2],
      labels: [-100, -100, -100, 67, 68, 2],
    });
  });

  it("adds no end token where the tokenizer has none, and leaves the prompt as it is", () => {
    const prompt = [65];
    const sample = encodeCompletion(prompt, " B", { encode, eosTokenId: undefined });
    expect(sample).toEqual({ inputIds: [65, 32, 66], labels: [-100, 32, 66] });
    expect(prompt).toEqual([65]);
  });

  it("asks the tokenizer for no special tokens of its own", () => {
    const options: unknown[] = [];
    encodeCompletion([], "A", {
      encode: (text, given) => {
        options.push(given);
        return encode(text);
      },
      eosTokenId: 2,
    });
    expect(options).toEqual([{ addSpecialTokens: false }]);
  });
});
