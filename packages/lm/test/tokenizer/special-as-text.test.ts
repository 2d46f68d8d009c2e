import { describe, expect, it } from "vitest";
import { createTokenizer, deepseekChatTemplate, trainBpe } from "../../src";

const roles = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };

async function byteTokenizer() {
  const specialTokens = ["<s>", "</s>"];
  const tokenizer = await trainBpe(["hello"], { vocabSize: 258, specialTokens, minFrequency: 1 });
  return createTokenizer({ tokenizer, config: roles });
}

const plain = { addSpecialTokens: false };

describe("asText", () => {
  it("lets encode read special tokens as the text that they are", async () => {
    const tokenizer = await byteTokenizer();
    expect(tokenizer.encode("a</s>b", plain)).toHaveLength(3);
    const ids = tokenizer.encode(tokenizer.asText("a</s>b"), plain);
    expect(ids).toHaveLength(6);
    expect(tokenizer.decode(ids)).toBe("a</s>b");
    expect(ids).not.toContain(tokenizer.eosTokenId);
  });

  it("leaves the special tokens of the template special", async () => {
    const tokenizer = await byteTokenizer();
    const content = tokenizer.asText("<s></s> hi");
    const text = tokenizer.applyChatTemplate([{ role: "user", content }]);
    const ids = tokenizer.encode(text, plain);
    expect(ids.filter((id) => id === tokenizer.bosTokenId)).toHaveLength(1);
    expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toContain("<s></s> hi");
  });

  it("changes no other text", async () => {
    const tokenizer = await byteTokenizer();
    for (const text of ["", "hello", "<s", "ü€😀", "\ufdd0"])
      expect(tokenizer.asText(text)).toBe(text);
    const ids = tokenizer.encode("a\ufdd0b", plain);
    expect(tokenizer.decode(ids)).toBe("a\ufdd0b");
  });
});
