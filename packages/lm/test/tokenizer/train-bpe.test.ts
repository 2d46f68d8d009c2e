import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trainBpe } from "../../src/tokenizer";
import { trainBpeEvents } from "../../src/tokenizer/train-bpe";

/** A trainer that recounts every pair before every merge. */
function recountingTrainer(words: string[], merges: number, minFrequency: number): string[] {
  const sequences = words.map((word) =>
    Array.from(new TextEncoder().encode(word), (b) => String.fromCharCode(b)),
  );
  const made: string[] = [];
  while (made.length < merges) {
    const counts = new Map<string, { left: string; right: string; count: number }>();
    for (const sequence of sequences)
      for (let i = 0; i + 1 < sequence.length; i++) {
        const key = JSON.stringify([sequence[i], sequence[i + 1]]);
        const entry = counts.get(key) ?? { left: sequence[i]!, right: sequence[i + 1]!, count: 0 };
        counts.set(key, { ...entry, count: entry.count + 1 });
      }
    const best = [...counts.values()].sort(
      (a, b) =>
        b.count - a.count ||
        (a.left === b.left ? (a.right < b.right ? 1 : -1) : a.left < b.left ? 1 : -1),
    )[0];
    if (!best || best.count < minFrequency) break;
    made.push(`${best.left} ${best.right}`);
    for (const sequence of sequences)
      for (let i = 0; i + 1 < sequence.length; i++)
        if (sequence[i] === best.left && sequence[i + 1] === best.right)
          sequence.splice(i, 2, best.left + best.right);
  }
  return made;
}

describe.skipIf(sharedIsMissing)("trainBpe on the reference corpus", () => {
  it("says how each merged token reads", async () => {
    const texts: string[] = [];
    for await (const event of trainBpeEvents([" the the the é é é"], {
      vocabSize: 262,
      minFrequency: 2,
    }))
      if (event.type === "merge-end") texts.push(event.text);
    expect(texts.at(-1)).toMatch(/^( ?the| é|é)$/);
  });

  it("makes the 243 reference merges in order, and the reference vocabulary", async () => {
    const tokenizer = await trainBpe([readFileSync(shared("data/bpe/corpus.en"), "utf8")], {
      vocabSize: 500,
      specialTokens: ["<|endoftext|>"],
    });
    const merges = readFileSync(shared("data/bpe/train-bpe-reference-merges.txt"), "utf8");
    expect(tokenizer.model.merges).toEqual(merges.trimEnd().split("\n"));
    const vocab = readFileSync(shared("data/bpe/train-bpe-reference-vocab.json"), "utf8");
    expect(tokenizer.model.vocab).toEqual(JSON.parse(vocab));
  });

  it("is read back by the Hugging Face library, which gives back every text", async () => {
    const corpus = readFileSync(shared("data/bpe/corpus.en"), "utf8");
    const json = await trainBpe([corpus], { vocabSize: 700, specialTokens: ["<|endoftext|>"] });
    const tokenizer = new Tokenizer(JSON.parse(JSON.stringify(json)), {
      clean_up_tokenization_spaces: false,
    });
    for (const text of [
      corpus.slice(0, 3000),
      "naïve 🙂 mixture\n\n\tof  experts .",
      "<|endoftext|>tail",
    ])
      expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
    expect(tokenizer.encode("<|endoftext|>").ids).toEqual([0]);
  });
});

describe("trainBpe", () => {
  it("merges what a trainer merges that recounts every pair before every merge", async () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "é"), minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 12 }), async (words) => {
        const { model } = await trainBpe(words, { vocabSize: 276 });
        const expected = recountingTrainer(words, 20, 2);
        const distinct = new Set(expected.map((merge) => merge.replace(" ", "")));
        fc.pre(distinct.size === expected.length); // the reference does not join two spellings of a token
        expect(model.merges).toHaveLength(expected.length);
        expect(Object.keys(model.vocab)).toHaveLength(256 + expected.length);
        const ascii = model.merges.filter((merge) => /^[ab ]+$/.test(merge));
        expect(ascii).toEqual(expected.filter((merge) => /^[ab ]+$/.test(merge)));
      }),
      { numRuns: 200 },
    );
  });

  it("prefers the greatest bytes or the smallest ids when counts are equal, as told", async () => {
    const texts = ["ab", "ab", "cd", "cd"];
    const first = async (ties: "greatest-bytes" | "smallest-ids") =>
      (await trainBpe(texts, { vocabSize: 257, ties })).model.merges;
    expect(await first("greatest-bytes")).toEqual(["c d"]);
    expect(await first("smallest-ids")).toEqual(["a b"]);
  });

  it("stops where no pair is frequent enough", async () => {
    const { model } = await trainBpe(["abab", "cd"], { vocabSize: 1000, minFrequency: 2 });
    expect(model.merges).toEqual(["a b"]);
    expect((await trainBpe([], { vocabSize: 300 })).model.merges).toEqual([]);
  });

  it("keeps special tokens out of the merges, the longest first where one begins another", async () => {
    const texts = Array.from({ length: 5 }, () => "xy<|end|><|end|>!yx");
    const { model, added_tokens } = await trainBpe(texts, {
      vocabSize: 400,
      specialTokens: ["<|end|>", "<|end|>!"],
    });
    expect(added_tokens.map(({ id, content }) => [id, content])).toEqual([
      [0, "<|end|>"],
      [1, "<|end|>!"],
    ]);
    expect(new Set(model.merges)).toEqual(new Set(["x y", "y x"]));
  });

  it("makes no merge that is spelled like a special token", async () => {
    const { model } = await trainBpe([" a a a a"], { vocabSize: 300, specialTokens: ["Ġa"] });
    expect(model.merges).toEqual([]);
    expect(model.vocab).toHaveProperty("Ġa", 0);
  });

  it("has ids for words that are also names of object properties", async () => {
    const { model } = await trainBpe(Array(4).fill("constructor __proto__ valueOf"), {
      vocabSize: 400,
      pattern: "\\S+|\\s+",
    });
    expect(Object.hasOwn(model.vocab, "constructor")).toBe(true);
    expect(Object.hasOwn(model.vocab, "__proto__")).toBe(true);
    expect(new Set(Object.values(model.vocab)).size).toBe(Object.keys(model.vocab).length);
  });

  it("uses another pattern in training and in the file alike", async () => {
    const pattern = "\\p{N}{1,2}|[^\\p{N}]+";
    const texts = Array(4).fill("year 123456 was the year");
    const json = await trainBpe(texts, { vocabSize: 400, pattern });
    const tokenizer = new Tokenizer(json, {});
    expect(tokenizer.tokenize(texts[0])).toEqual(["yearĠ", "12", "34", "56", "ĠwasĠtheĠyear"]);
  });

  it("puts the begin and end tokens around a text when told to", async () => {
    const json = await trainBpe(["hi hi"], {
      vocabSize: 258,
      specialTokens: ["<s>", "</s>"],
      bosToken: "<s>",
      eosToken: "</s>",
    });
    const tokenizer = new Tokenizer(json, {});
    expect(tokenizer.encode("h").tokens).toEqual(["<s>", "h", "</s>"]);
    expect(tokenizer.encode("h", { add_special_tokens: false }).tokens).toEqual(["h"]);
  });

  it("counts a long text piece by piece as it would count it whole", async () => {
    const unit = "a b\n\nc  d's\nE1\n \nf\r\ng\n";
    const text = unit.repeat(Math.ceil((5 << 18) / unit.length));
    const long = await trainBpe([text], { vocabSize: 290 });
    const short = await trainBpe([text.slice(0, unit.length * 1000)], { vocabSize: 290 });
    expect(long.model.merges).toEqual(short.model.merges);
  });

  it("reports counting, merges and the end, and calls back the same", async () => {
    const word = (i: number) => String.fromCharCode(97 + (i % 20), 97 + (i % 23), 97 + (i % 17));
    const text = Array.from({ length: 400 }, (_, i) => word(i % 200)).join(" ");
    const types: string[] = [];
    for await (const event of trainBpeEvents([text], { vocabSize: 340 })) types.push(event.type);
    expect(types).toEqual(["count-end", "merge-end", "merge-end", "train-end"]);
    const called: string[] = [];
    await trainBpe([text], { vocabSize: 340, onProgress: ({ type }) => called.push(type) });
    expect(called).toEqual(types.slice(0, -1));
  });

  it("stops when aborted", async () => {
    const text = Array.from({ length: 4000 }, (_, i) => `w${i % 400}x`).join(" ");
    const controller = new AbortController();
    const training = trainBpe([text], {
      vocabSize: 700,
      signal: controller.signal,
      onProgress: ({ type }) => type === "merge-end" && controller.abort(),
    });
    await expect(training).rejects.toThrow("aborted");
  });

  it("rejects options outside their range by name", async () => {
    const wrong: [object, RegExp][] = [
      [{ vocabSize: 255 }, /vocabSize/],
      [{ vocabSize: 300.5 }, /vocabSize/],
      [{ vocabSize: 300, minFrequency: 0 }, /minFrequency/],
      [{ vocabSize: 300, specialTokens: ["x1", "x1"] }, /specialTokens/],
      [{ vocabSize: 300, specialTokens: [""] }, /special token/],
      [{ vocabSize: 300, specialTokens: ["a"] }, /special token/],
      [{ vocabSize: 300, bosToken: "<s>" }, /bosToken/],
      [{ vocabSize: 300, pattern: "(" }, /pattern/],
    ];
    for (const [options, message] of wrong) {
      const training = trainBpe(["a"], options as { vocabSize: number });
      await expect(training).rejects.toThrow(message);
      await expect(training).rejects.toMatchObject({ code: "ERR_RANGE" });
    }
  });
});
