import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../../src/lesson/marked-text";

const plain = (text: string) => ({ kind: "plain", text });

describe("the text of a lesson", () => {
  it("has paragraphs, lists and four marks", () => {
    const text =
      "A **b** *c* `d`\n[e](https://e.example/f_(g)?h#i).\n\n- one\n- *two*\nThen\n\n\n- three";
    expect(blocksOf(text)).toEqual([
      {
        kind: "paragraph",
        lines: [
          [
            plain("A "),
            { kind: "strong", text: "b" },
            plain(" "),
            { kind: "emphasis", text: "c" },
            plain(" "),
            { kind: "code", text: "d" },
          ],
          [{ kind: "link", text: "e", href: "https://e.example/f_(g)?h#i" }, plain(".")],
        ],
      },
      { kind: "list", lines: [[plain("one")], [{ kind: "emphasis", text: "two" }]] },
      { kind: "paragraph", lines: [[plain("Then")]] },
      { kind: "list", lines: [[plain("three")]] },
    ]);
    expect(blocksOf("")).toEqual([]);
  });

  it.each([
    "<b>x</b> & <script>alert(1)</script>",
    "# no heading",
    "![no picture]",
    "2 * 3 * 4, **open, `not closed, [x], [x] (y)",
    "[[x](",
    "https://bare.example",
  ])("shows %s as it stands", (text) => {
    expect(blocksOf(text)).toEqual([{ kind: "paragraph", lines: [[plain(text)]] }]);
  });

  it.each([
    "http://a.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert`1`",
    "data:text/html,x",
    "//a.example",
    "./mixture.html",
    "#x",
    "https:a.example",
    "https://",
    "https://user:word@a.example/",
    "https://a.example:99999/",
  ])("refuses a link to %s", (href) => {
    expect(() => blocksOf(`Look [here](${href}).`)).toThrow(/^a link must begin with https:\/\//);
  });

  it("refuses a list in another", () => {
    expect(() => blocksOf("- a\n  - b")).toThrow(/^a list must not stand in another/);
  });

  it("loses no letter of what it takes", () => {
    const part = fc.constantFrom("*", "**", "`", "[", "]", "(", ")", "- ", "\n", "a", "<b>", "é");
    const text = fc.array(part, { maxLength: 40 }).map((parts) => parts.join(""));
    const letters = (value: string) => value.replaceAll(/[^a-zé<>]/g, "");
    fc.assert(
      fc.property(text, (given) => {
        let blocks: ReturnType<typeof blocksOf>;
        try {
          blocks = blocksOf(given);
        } catch {
          return;
        }
        const spans = blocks.flatMap(({ lines }) => lines.flat());
        const said = spans.map(({ text: own, href = "" }) => own + href).join("");
        expect(letters(said)).toBe(letters(given));
      }),
    );
  });
});
