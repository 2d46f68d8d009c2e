import fc from "fast-check";
import { expect, it } from "vitest";
import { terminalText } from "../../src";

it("shows control characters as escapes, each by itself", () => {
  expect(terminalText("\u001b]52;c;eA==\u0007\u001b[2J\u009b31m")).toBe(
    "\\u001b]52;c;eA==\\u0007\\u001b[2J\\u009b31m",
  );
  expect(terminalText("\0\b\v\f\u007f\u0080\u009f")).toBe(
    "\\u0000\\u0008\\u000b\\u000c\\u007f\\u0080\\u009f",
  );
});

it("keeps tabs, both kinds of line breaks, and every other character", () => {
  const text = "a\tb\nc\r\nd \u00a0é漢😀\ud800";
  expect(terminalText(text)).toBe(text);
});

it("shows a carriage return that ends no line: it would write over the line", () => {
  expect(terminalText("good\rbad\r\r\n")).toBe("good\\u000dbad\\u000d\r\n");
});

it("leaves no control character in any text, and changes it once", () => {
  const control = fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code));
  const texts = fc.string({ unit: fc.oneof(control, fc.string({ minLength: 1, maxLength: 1 })) });
  fc.assert(
    fc.property(texts, (text) => {
      const shown = terminalText(text);
      expect(shown.replaceAll("\r\n", "\n")).not.toMatch(/(?![\t\n])\p{Cc}/u);
      expect(terminalText(shown)).toBe(shown);
    }),
  );
});
