import { describe, expect, it } from "vitest";
import { createTokenizer } from "../../src/tokenizer/create-tokenizer";
import { llama2cTokenizerJson } from "../../src/tokenizer/llama2c-tokenizer-json";

const letters = Object.fromEntries(Array.from("abcdefgh ", (letter, id) => [letter, id]));
const json = (changes: object = {}, model: object = {}) => ({
  added_tokens: [],
  model: { type: "BPE", vocab: letters, merges: [], ...model },
  ...changes,
});
const split = (Regex: string) => ({
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [{ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false }],
  },
});
const open = (tokenizer: object, options = {}) => createTokenizer({ tokenizer }, options);

describe("a hostile tokenizer.json", () => {
  it.each<[string, object, string]>([
    ["an id of 1e9", json({}, { vocab: { a: 1e9 } }), 'model.vocab["a"]'],
    ["an id that is text", json({}, { vocab: { a: "x" } }), 'model.vocab["a"]'],
    ["an id below 0", json({}, { vocab: { a: -5 } }), 'model.vocab["a"]'],
    ["a broken id", json({}, { vocab: { a: 0.5 } }), 'model.vocab["a"]'],
    ["no vocabulary", json({}, { vocab: null }), "model.vocab"],
    ["a merge of three", json({}, { merges: ["a b c"] }), "model.merges[0]"],
    ["an added token without text", json({ added_tokens: [{ id: 1 }] }), "added_tokens[0].content"],
    [
      "an added id of 1e9",
      json({ added_tokens: [{ id: 1e9, content: "x" }] }),
      "added_tokens[0].id",
    ],
    [
      "pieces of no length",
      json({ pre_tokenizer: { type: "FixedLength", length: 0 } }),
      "pre_tokenizer.length",
    ],
    [
      "a pattern that looks ahead",
      json(split("a(?=b)")),
      "pre_tokenizer.pretokenizers[0].pattern.Regex",
    ],
    [
      "a pattern that refers back",
      json(split("(a)\\1")),
      "pre_tokenizer.pretokenizers[0].pattern.Regex",
    ],
  ])("is refused for %s, with its key", async (_, tokenizer, key) => {
    await expect(open(tokenizer)).rejects.toThrow(
      expect.objectContaining({
        code: "ERR_FORMAT",
        message: expect.stringContaining(`tokenizer.json: ${key} must be`),
      }),
    );
  });

  it("cannot make patterns backtrack for ever, unless it is trusted", async () => {
    const text = `${"a".repeat(30)}b`;
    const expected = Array.from(text, (letter) => letters[letter]);
    const evil = json(split("(a+)+$"));
    expect((await open(evil)).encode(text)).toEqual(expected);
    expect((await open(evil)).encode(`${"a".repeat(5000)}b`)).toHaveLength(5001);
    const looking = json(split("a(?=b)|b"));
    expect((await open(looking, { trustPatterns: true })).encode("ab")).toEqual([0, 1]);
  });

  it("cannot double a text again and again", async () => {
    const double = { type: "Replace", pattern: { String: "a" }, content: "aa" };
    const bomb = json({ normalizer: { type: "Sequence", normalizers: Array(40).fill(double) } });
    await expect(open(bomb)).rejects.toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });

  it("is refused for what is not a tokenizer at all", async () => {
    for (const tokenizer of [{}, { model: null }, json({ added_tokens: 5 })])
      await expect(open(tokenizer)).rejects.toThrow(
        expect.objectContaining({ code: "ERR_FORMAT" }),
      );
  });
});

describe("a llama2.c tokenizer", () => {
  const piece = (text: string, score = 0) => ({ score, bytes: new TextEncoder().encode(text) });
  const special = Array.from({ length: 259 }, (_, id) => piece(`<${id}>`));

  it("with one piece of 60 kB is turned over at once, with the merges that there are", async () => {
    const long = "ab".repeat(30_000);
    const half = long.slice(0, 30_000);
    const pieces = [
      ...special,
      piece("a"),
      piece("b"),
      piece("ab"),
      piece(half, -1),
      piece(long, -2),
    ];
    const { merges } = llama2cTokenizerJson({ maxLength: 60_000, pieces }).model;
    expect(merges).toEqual(["a b", `${half} ${half}`]);
  });

  it("lists the splits of a piece with the longer left part first, whole characters only", async () => {
    const pieces = ["a", "b", "😀", "a😀", "😀b", "a😀b"].map((text, i) => piece(text, -i));
    const { merges } = llama2cTokenizerJson({
      maxLength: 9,
      pieces: [...special, ...pieces],
    }).model;
    expect(merges).toEqual(["a 😀", "😀 b", "a😀 b", "a 😀b"]);
  });
});
