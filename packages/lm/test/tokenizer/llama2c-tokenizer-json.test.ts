import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenizer, llama2cTokenizerJson } from "../../src/tokenizer";
import type { Llama2cTokenizer } from "../../src/tokenizer/llama2c-tokenizer-json";
import { readLlama2cTokenizer } from "../support/stories";

/** llama2.c's encoder: characters, then always the adjacent pair that makes the highest-scoring piece. */
function directEncoder({ pieces }: Llama2cTokenizer): (text: string) => number[] {
  const decoder = new TextDecoder();
  const texts = pieces.map(({ bytes }) => decoder.decode(bytes));
  const ids = new Map(texts.map((text, id) => [text, id]));
  return (text) => {
    if (text === "") return [1];
    const tokens = Array.from(` ${text}`).flatMap(
      (character) =>
        ids.get(character) ?? Array.from(new TextEncoder().encode(character), (byte) => byte + 3),
    );
    for (;;) {
      let best = { at: -1, id: -1, score: -1e10 };
      for (let at = 0; at + 1 < tokens.length; at++) {
        const id = ids.get(texts[tokens[at]!]! + texts[tokens[at + 1]!]!);
        if (id !== undefined && pieces[id]!.score > best.score)
          best = { at, id, score: pieces[id]!.score };
      }
      if (best.at < 0) return [1, ...tokens];
      tokens.splice(best.at, 2, best.id);
    }
  };
}

const encoder = new TextEncoder();

/** A small tokenizer: the reserved pieces and bytes, then the given ones, earlier ones scoring higher. */
function tokenizerOf(texts: string[]): Llama2cTokenizer {
  const reserved = ["<unk>", "\n<s>\n", "\n</s>\n"];
  for (let byte = 0; byte < 256; byte++)
    reserved.push(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const pieces = [
    ...reserved.map((text) => ({ score: 0, bytes: encoder.encode(text) })),
    ...texts.map((text, i) => ({ score: -i, bytes: encoder.encode(text) })),
  ];
  return { maxLength: Math.max(...pieces.map(({ bytes }) => bytes.length)), pieces };
}

describe.skipIf(sharedIsMissing)("llama2cTokenizerJson on the tokenizer of stories260K", () => {
  const load = () => readLlama2cTokenizer(shared("data/models/stories260K/tok512.bin"));

  it("gives the ids of llama2.c's encoder on stories, cut anywhere", async () => {
    const source = load();
    const tokenizer = await createTokenizer({ tokenizer: llama2cTokenizerJson(source) });
    const direct = directEncoder(source);
    const stories = readFileSync(shared("data/bpe/tinystories_sample.txt"), "utf8").split(
      "<|endoftext|>",
    );
    for (const story of stories)
      for (let cut = 0; cut < story.length; cut += 97) {
        const text = story.slice(cut, cut + 150);
        expect(tokenizer.encode(text)).toEqual(direct(text));
      }
  });

  it("gives the ids of llama2.c's encoder on random text, and the text back", async () => {
    const source = load();
    const tokenizer = await createTokenizer({ tokenizer: llama2cTokenizerJson(source) });
    const direct = directEncoder(source);
    const piece = fc.constantFrom(
      ...source.pieces.slice(259).map(({ bytes }) => new TextDecoder().decode(bytes)),
    );
    const anyText = fc.string({ unit: "grapheme", maxLength: 30 });
    const text = fc
      .array(fc.oneof(piece, anyText, fc.constantFrom("  ", "\n\n", "aaaa", "!!")), {
        maxLength: 12,
      })
      .map((parts) => parts.join(""))
      .filter((joined) => !/\u2581|<s>|<\/s>|<unk>|\ufeff/.test(joined));
    fc.assert(
      fc.property(text, (value) => {
        const ids = tokenizer.encode(value);
        expect(ids).toEqual(direct(value));
        expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(value);
      }),
      { numRuns: 500 },
    );
  });
});

describe("llama2cTokenizerJson", () => {
  it("merges the pair whose piece scores highest, not the leftmost or the longest", async () => {
    const tokenizer = await createTokenizer({
      tokenizer: llama2cTokenizerJson(tokenizerOf(["bc", "ab", "a", "b", "c", " "])),
    });
    const tokens = tokenizer.encode("abc").map((id) => tokenizer.idToToken(id));
    expect(tokens).toEqual(["<s>", "▁", "a", "bc"]);
  });

  it("writes unknown characters as bytes, and nothing but BOS for the empty text", async () => {
    const tokenizer = await createTokenizer({
      tokenizer: llama2cTokenizerJson(tokenizerOf(["a", " "])),
    });
    expect(tokenizer.encode("é")).toEqual([1, 260, 0xc3 + 3, 0xa9 + 3]);
    expect(tokenizer.encode("")).toEqual([1]);
    expect(tokenizer.decode([1, 260, 0xc3 + 3, 0xa9 + 3], { skipSpecialTokens: true })).toBe("é");
  });

  it("rejects tokenizers with too few, repeated or broken pieces", async () => {
    const reject = (source: Llama2cTokenizer, message: RegExp) => {
      expect(() => llama2cTokenizerJson(source)).toThrow(message);
      expect(() => llama2cTokenizerJson(source)).toThrow(
        expect.objectContaining({ code: "ERR_FORMAT" }),
      );
    };
    reject({ maxLength: 1, pieces: [] }, /at least 259/);
    reject(tokenizerOf(["a", "a"]), /"a" occurs twice/);
    const broken = tokenizerOf(["a"]);
    reject(
      { ...broken, pieces: [...broken.pieces, { score: 0, bytes: Uint8Array.of(0xff) }] },
      /piece 260 is not UTF-8/,
    );
  });
});
