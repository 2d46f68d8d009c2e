import { describe, expect, it } from "vitest";
import { createTokenizer, encodeInstruction, trainBpe } from "../../src/tokenizer";
import { instructionPrompt } from "../../src/tokenizer/encode-instruction";

async function tokenizerWith(specialTokens: string[]) {
  const options = { vocabSize: 262, specialTokens, minFrequency: 1 };
  const tokenizer = await trainBpe(["add two numbers"], options);
  return await createTokenizer({ tokenizer, config: { bos_token: "<s>", eos_token: "</s>" } });
}

const record = { instruction: " Add. ", input: "1, 2", output: "3" };

describe("encodeInstruction", () => {
  it("writes headings and trains on the answer with its end", async () => {
    const tokenizer = await tokenizerWith(["<s>", "</s>", "<|EOT|>"]);
    const { inputIds, labels } = encodeInstruction(record, tokenizer, { system: "Be exact." });
    expect(tokenizer.decode(inputIds)).toBe(
      "<s>Be exact.\n### Instruction:\nAdd.\n### Input:\n1, 2\n### Response:\n3\n<|EOT|>",
    );
    const trained = inputIds.filter((id, i) => labels[i] === id);
    expect(tokenizer.decode(trained)).toBe("3\n<|EOT|>");
    expect(labels.every((label, i) => label === -100 || label === inputIds[i])).toBe(true);
  });

  it("ends with the end token where there is no other, and leaves out what is empty", async () => {
    const tokenizer = await tokenizerWith(["<s>", "</s>"]);
    const { inputIds } = encodeInstruction({ ...record, input: " " }, tokenizer);
    expect(tokenizer.decode(inputIds)).toBe("<s>### Instruction:\nAdd.\n### Response:\n3\n</s>");
    expect(instructionPrompt({ instruction: "Add." })).toBe(
      "### Instruction:\nAdd.\n### Response:\n",
    );
  });
});
