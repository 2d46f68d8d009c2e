import { describe, expect, it } from "vitest";
import { ggufName } from "../../src/gguf/gguf-name";
import type { TokenizerFiles } from "../../src/tokenizer/tokenizer-files";

/** A tokenizer with these added tokens and whether the spaces after them are dropped. */
const tokenizerOf = (added: Readonly<Record<string, boolean>>): TokenizerFiles => ({
  tokenizer: {
    model: { type: "BPE", vocab: { a: 0 }, merges: [] },
    added_tokens: Object.entries(added).map(([content, rstrip], id) => ({ id, content, rstrip })),
  },
});

const phi3 = { "<unk>": false, "<s>": false, "</s>": true, "<|endoftext|>": false };

describe("ggufName", () => {
  it("keeps names of which llama.cpp makes nothing", () => {
    for (const name of ["llama", "Phi-4-mini", "dolphin 3"]) {
      expect(ggufName(name, null)).toBe(name);
      expect(ggufName(name, tokenizerOf({ "<s>": false }))).toBe(name);
    }
  });

  it("does not say Phi-3 of a file without Phi-3's tokenizer", () => {
    const lacking = tokenizerOf({ "<s>": false, "</s>": false });
    const keeping = tokenizerOf({ ...phi3, "<|user|>": false });
    for (const files of [null, lacking, keeping]) {
      expect(ggufName("phi3", files)).toBe("phi 3");
      expect(ggufName("My-Phi-3.5 and PHI3", files)).toBe("My-Phi 3.5 and PHI 3");
    }
  });

  it("says it of a file with Phi-3's tokenizer, whose spaces llama.cpp drops by that name", () => {
    const files = tokenizerOf({ ...phi3, "<|user|>": true });
    expect(ggufName("phi3", files)).toBe("phi3");
    expect(ggufName("assistant", files)).toBe("Phi-3 assistant");
  });
});
