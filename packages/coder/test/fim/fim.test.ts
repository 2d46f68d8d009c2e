import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSentinels, fim, fimPrompt, fimText, sentinels } from "../../src";

/** Numbers in [0, 1) that repeat from a seed. */
function source(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The parts of a document that was written in one of the modes. */
function partsOf(text: string, mode: "psm" | "spm" | "msp") {
  const { begin, hole, end } = sentinels.deepseek;
  if (mode === "spm") {
    const [suffix, rest] = text.slice((begin + hole).length).split(end) as [string, string];
    return { suffix, rest };
  }
  const [prefix, tail] = text.slice(begin.length).split(hole) as [string, string];
  const [suffix, middle] = tail.split(end) as [string, string];
  return { prefix, middle, suffix };
}

const isWellFormed = (text: string) =>
  !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);

describe("fim", () => {
  it("keeps the document in its three parts and breaks no surrogate pair", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 60 });
    fc.assert(
      fc.property(
        text,
        fc.nat(),
        fc.constantFrom("psm" as const, "msp" as const),
        (document, seed, mode) => {
          const moved = fim(document, { rate: 1, mode, random: source(seed) });
          if (document === "") return moved === "";
          const { prefix, middle, suffix } = partsOf(moved, mode);
          expect(prefix! + middle! + suffix).toBe(document);
          for (const part of [prefix!, middle!, suffix])
            expect(isWellFormed(part)).toBe(isWellFormed(document));
          return true;
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it("keeps the document in suffix-prefix-middle order too", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(text, fc.nat(), (document, seed) => {
        const { suffix, rest } = partsOf(
          fim(document, { rate: 1, mode: "spm", random: source(seed) }),
          "spm",
        );
        expect(rest! + suffix).toBe(document);
      }),
      { numRuns: 5000 },
    );
  });

  it("moves the middle of the asked share of documents", () => {
    const random = source(7);
    let moved = 0;
    for (let i = 0; i < 10_000; i++)
      if (fim("const one = 1;", { random }).startsWith(sentinels.deepseek.begin)) moved++;
    expect(Math.abs(moved / 10_000 - 0.5)).toBeLessThan(3 * Math.sqrt(0.25 / 10_000));
  });

  it("cuts at every position alike", () => {
    const random = source(3);
    const firsts = Array.from({ length: 5 }, () => 0);
    for (let i = 0; i < 20_000; i++) {
      const { prefix, middle } = partsOf(fim("abcd", { rate: 1, random }), "psm");
      firsts[prefix!.length]! += 1;
      firsts[prefix!.length + middle!.length]! += 1;
    }
    for (const count of firsts) expect(Math.abs(count / 40_000 - 0.2)).toBeLessThan(0.01);
  });

  it("masks spans of at most 15 % in the mode for masked spans", () => {
    const random = source(5);
    for (let i = 0; i < 500; i++) {
      const { middle } = partsOf(fim("x".repeat(100), { rate: 1, mode: "msp", random }), "msp");
      expect(middle!.length).toBeGreaterThan(0);
      expect(middle!.length).toBeLessThanOrEqual(15);
    }
  });

  it("returns an empty document as it is", () => {
    expect(fim("", { rate: 1, random: () => 0 })).toBe("");
  });

  it("refuses a document that holds a sentinel, or escapes it", () => {
    const document = `a${sentinels.deepseek.hole}b`;
    expect(() => fim(document, { random: () => 0 })).toThrow(
      expect.objectContaining({ code: "ERR_SENTINEL" }),
    );
    const text = fim(document, { random: () => 0.99, sentinels: "escape" });
    expect(text).not.toContain(sentinels.deepseek.hole);
    expect(text.replaceAll("\u200b", "")).toBe(document);
  });

  it("refuses what it does not know", () => {
    expect(() => fim("a", { random: () => 0, rates: 1 } as never)).toThrow('did you mean "rate"?');
    expect(() => fim("a", { random: () => 0, rate: 2 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
    expect(() => fim("a", {} as never)).toThrow("random must be a function");
    expect(() => fim("a", { random: () => 0, rate: 0, mode: "mps" as never })).toThrow(
      "mode must be one of",
    );
    expect(() => fimText("abc", [2, 1])).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
    expect(() => fimText("abc", [0, 4])).toThrow("end must be a whole number from 0 to 3, got 4");
  });
});

describe("a prompt to fill in the middle", () => {
  it("names other files and its own before the prefix", () => {
    const prompt = fimPrompt({
      files: [{ path: "src/add.ts", text: "export const add = 1;" }],
      path: "src/main.ts",
      prefix: "import",
      suffix: ";",
    });
    expect(prompt).toBe(
      "<｜fim▁begin｜>//src/add.ts\nexport const add = 1;\n//src/main.ts\nimport<｜fim▁hole｜>;<｜fim▁end｜>",
    );
  });

  it("is written in the words of other families", () => {
    expect(fimPrompt({ prefix: "a", suffix: "b", family: "qwen" })).toBe(
      "<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>",
    );
  });

  it("refuses parts and paths with sentinels", () => {
    const { end } = sentinels.deepseek;
    const file = { path: "a.ts", text: "" };
    const held = [
      { prefix: end },
      { suffix: end },
      { path: end },
      { files: [{ ...file, text: end }] },
      { files: [file, { ...file, path: `${end}.ts` }] },
    ];
    for (const part of held)
      expect(() => fimPrompt({ prefix: "", suffix: "", ...part })).toThrow(
        expect.objectContaining({ code: "ERR_SENTINEL" }),
      );
  });
});

describe("look-alikes of sentinels", () => {
  it("are named with their code points", () => {
    expect(checkSentinels("def f():\n<|fim▁hole|>")).toEqual([
      {
        index: 9,
        found: "<|fim▁hole|>",
        meant: "<｜fim▁hole｜>",
        differences: ["U+007C instead of U+FF5C"],
      },
    ]);
  });

  it.each([
    ["<｜fim▁Begin｜>", ["U+0042 instead of U+0062"]],
    ["<｜fim▁begin>", ["U+FF5C is missing"]],
    ["<fim_begin>", ["U+FF5C is missing", "U+2581 is missing"]],
    ["< ｜fim▁begin｜>", ["U+0020 is too much"]],
    ["<｜fim▁ begin\u3000｜>", ["U+0020 is too much", "U+3000 is too much"]],
    ["<｜｜fim▁begin｜>", ["U+FF5C is too much"]],
    [
      "< | fim_begin | >",
      [
        "U+FF5C is missing",
        "U+2581 is missing",
        "U+0020 is too much",
        "U+007C is too much",
        "U+005F is too much",
      ],
    ],
  ])("are told what differs: %s", (found, differences) => {
    expect(checkSentinels(found)).toEqual([
      { index: 0, found, meant: "<｜fim▁begin｜>", differences },
    ]);
  });

  it("are those of other families too", () => {
    expect(checkSentinels("x<fim_suffix>")).toEqual([
      {
        index: 1,
        found: "<fim_suffix>",
        meant: "<｜fim▁hole｜>",
        differences: ["a sentinel of starcoder"],
      },
    ]);
  });

  it("stand on one line, and have no other letters", () => {
    expect(checkSentinels("a <fim\nend> b; if (a < fim && b > end) c <fim ends>")).toEqual([]);
    expect(checkSentinels("< ｜fim▁end｜>")[0]!.meant).toBe("<｜fim▁end｜>");
  });

  it("are not the sentinels themselves", () => {
    const { begin, hole, end } = sentinels.deepseek;
    expect(checkSentinels(`${begin}x${hole}y${end}`)).toEqual([]);
    expect(checkSentinels("<fim_prefix>x", "starcoder")).toEqual([]);
  });
});
