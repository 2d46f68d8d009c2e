import { SplitPreTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearPattern, nativePattern } from "../../src/tokenizer/linear-pattern";
import { publishedPatterns } from "../../src/tokenizer/published-patterns";
import { translatePattern } from "../../src/tokenizer/translate-pattern";

const atom = fc.constantFrom(
  "a",
  "b",
  ".",
  "\\s",
  "\\S",
  "[^a]",
  "[a-c]",
  "\\p{L}",
  "\\u{1F600}",
  "\\n",
  "(a|b)",
  "(?:ab)",
);
const quantifier = fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,2}", "*?", "+?");
const sequence = fc
  .array(fc.tuple(atom, quantifier), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map(([part, times]) => part + times).join(""));
const pattern = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("|"));
const text = fc
  .array(fc.constantFrom("a", "b", "c", " ", "\n", "😀", "é", "1"), { maxLength: 12 })
  .map((letters) => letters.join(""));
const replacement = fc.constantFrom("", "x", "$&$&", "<$1>", "$$", "$2");

/** The result of a string's method with a pattern. */
const uses = (subject: string, by: RegExp, content: string) => ({
  match: subject.match(by) && [...subject.match(by)!],
  all: Array.from(subject.matchAll(by), (found) => [...found, found.index]),
  split: subject.split(by),
  replaced: subject.replaceAll(by, content),
});

describe("patterns of linear time", () => {
  it("do what JavaScript's engine does", async () => {
    await fc.assert(
      fc.asyncProperty(pattern, text, replacement, async (source, subject, content) => {
        const native = new RegExp(source, "gu");
        const linear = (await linearPattern(source)) as unknown as RegExp;
        expect(uses(subject, linear, content)).toEqual(uses(subject, native, content));
        const wrapped = nativePattern(native) as unknown as RegExp;
        expect(uses(subject, wrapped, content)).toEqual(uses(subject, native, content));
      }),
      { numRuns: 400 },
    );
  });

  it("know anchors, boundaries, names and classes by Unicode", async () => {
    const sources = [
      "^a",
      "b$",
      "\\bb\\b",
      "(?<n>a)b",
      "\\p{Script=Greek}+",
      "\\P{White_Space}+",
      "[^\\P{L}b]+",
    ];
    for (const source of sources)
      for (const subject of ["ab b", "αβγ ab", "a\u0085b", "", "b"])
        expect(uses(subject, (await linearPattern(source)) as unknown as RegExp, "-")).toEqual(
          uses(subject, new RegExp(source, "gu"), "-"),
        );
  });

  it("end at once where backtracking takes for ever", async () => {
    const hard = (await linearPattern("(a+)+$")) as unknown as RegExp;
    expect(`${"a".repeat(20_000)}b`.match(hard)).toBeNull();
  });

  it("are refused where they look around or refer back", async () => {
    for (const source of [
      "(?=a)",
      "(?!a)",
      "(?<=a)b",
      "(?<!a)b",
      "(a)\\1",
      "(?<n>a)\\k<n>",
      "[^]",
      "a{5000}",
    ])
      await expect(linearPattern(source)).rejects.toThrow();
  });

  it("stop replacements that make too much", async () => {
    const every = (await linearPattern("a")) as unknown as RegExp;
    expect(() => "a".repeat(5000).replaceAll(every, "b".repeat(20_000))).toThrow("more than");
  });

  it("write line and text anchors as the tokenizers library does", () => {
    expect(translatePattern("(?:(?<![\\s\\S])|(?<=\\n))a(?![\\s\\S])")).toBe("(?m:^)a\\z");
  });
});

describe("published patterns", () => {
  it.each([...publishedPatterns])("take time in proportion to the text: %s", (source) => {
    const split = new SplitPreTokenizer({
      type: "Split",
      pattern: { Regex: source },
      behavior: "Isolated",
      invert: false,
    });
    for (const unit of ["a", "A", "1", " ", "\n", "!", "'s", "é", "一", " a", "aA", "!\n"]) {
      const subject = unit.repeat(5000);
      expect(split.pre_tokenize_text(subject).join("")).toBe(subject);
      expect(split.pre_tokenize_text(`${subject}x`).join("")).toBe(`${subject}x`);
    }
  });
});
