import { BPE, Unigram, WordPiece } from "@huggingface/tokenizers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { kinds } from "./kinds";

const megabytes = 1.4e6;
const words = "to be, or not to be. ".repeat(Math.ceil(megabytes / 21));

/** Calls into the models of the library, which encode words. */
let calls = 0;
beforeEach(() => {
  calls = 0;
  for (const kind of [BPE, Unigram, WordPiece]) {
    const encode = kind.prototype.encode;
    vi.spyOn(kind.prototype, "encode").mockImplementation(function (this: never, tokens) {
      calls++;
      return encode.call(this, tokens);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

const make = (name: string) => kinds.find(([kind]) => kind === name)![1]();

describe("1.4 MB for a model of 512 tokens", () => {
  const names = kinds.map(([name]) => name);
  const withStories = names.includes("stories260K") ? ["stories260K"] : [];
  it.each([
    ...["GPT-2's pattern", "llama3's pattern", "deepseekV3's pattern", "no pattern"],
    ...["normal forms", "bytes of unknown characters", "added tokens that strip"],
    ...["WordPiece", "a Unigram model", ...withStories],
  ])("are refused with no word encoded: %s", async (name) => {
    const tokenizer = await make(name);
    calls = 0;
    await expect(tokenizer.encodeInTurns(words, { maxTokens: 512 })).rejects.toMatchObject({
      code: "ERR_RANGE",
      fields: { maxTokens: 512 },
    });
    expect(calls).toBe(0);
  });

  it.each([
    ["a stripping normaliser", " ", 1],
    ["fused unknown tokens", "\u2248", 3],
    ["WordPiece", "to", 1],
    ["WordPiece", "\u0000", 0],
    ["no unknown token", "\u2248", 0],
    ["a Unigram model", "\u2248", 3],
  ])("fit where they are swallowed: %s, %j", async (name, part, most) => {
    const tokenizer = await make(name);
    const ids = await tokenizer.encodeInTurns(part.repeat(megabytes / part.length), {
      maxTokens: 512,
    });
    expect(ids.length).toBeLessThanOrEqual(most + 2); // and those around it
  });
});
