import { describe, expect, it } from "vitest";
import { judgeFile } from "../../src";
import { visibleText } from "../../src/filters/visible-text";

const filtersOf = (text: string, language = "Python") =>
  judgeFile({ text, language }).map(({ filter }) => filter);

const letters = (count: number) => "a".repeat(count);

/** A page of which `visible` characters show, the others in a comment, in lines of 50. */
const pageOf = (visible: number, hidden: number) => {
  const lines = (count: number) => `${letters(49)}\n`.repeat(count / 50);
  return `<p>\n${lines(visible)}</p>\n<!--\n${lines(hidden)}-->`;
};

describe("the filters of files", () => {
  it("keep an ordinary file", () => {
    expect(judgeFile({ text: "def add(a, b):\n    return a + b\n", language: "Python" })).toEqual(
      [],
    );
  });

  it.each([
    ["a mean line of 100", `${letters(100)}\n${letters(100)}\n`, []],
    ["a mean line above 100", `${letters(100)}\n${letters(101)}\n`, ["line-length"]],
    ["a line of 1,000 among short ones", `${"ab\n".repeat(50)}${letters(1000)}\n`, []],
    ["a line of 1,001 among short ones", `${"ab\n".repeat(50)}${letters(1001)}\n`, ["line-length"]],
    ["a quarter of letters", `${letters(25)}${"1".repeat(75)}`, []],
    ["less than a quarter of letters", `${letters(24)}${"1".repeat(76)}`, ["alphabetic"]],
    ["letters of other scripts", "变量名称函数 = 1234567", []],
  ])("judge %s", (_, text, expected) => {
    expect(filtersOf(text)).toEqual(expected);
  });

  it("drop XML within the first hundred characters unless it is XSLT", () => {
    const xml = '<?xml version="1.0"?>\n<page>text of a page</page>\n';
    expect(filtersOf(xml, "XML")).toEqual(["xml"]);
    expect(filtersOf(xml, "XSLT")).toEqual([]);
    expect(filtersOf(`${"# words\n".repeat(10)}${letters(10)}<?xml version=`, "Text")).toEqual([]);
    expect(filtersOf(`${"# words\n".repeat(10)}<?xml version=`, "Text")).toEqual(["xml"]);
  });

  it("keep HTML of which a fifth and a hundred characters are visible", () => {
    expect(filtersOf(pageOf(500, 1900), "HTML")).toEqual([]);
    expect(filtersOf(pageOf(500, 2150), "HTML")).toEqual(["html"]);
    expect(filtersOf(pageOf(100, 0), "HTML")).toEqual(["html"]); // 99 show
    expect(filtersOf(pageOf(150, 0), "HTML")).toEqual([]);
    expect(filtersOf(pageOf(500, 2150), "Python")).toEqual([]);
  });

  it.each([
    [49, ["data-size"]],
    [50, []],
    [5000, []],
    [5001, ["data-size"]],
  ])("judge JSON and YAML of %i characters", (size, expected) => {
    const text = "ab\n".repeat(Math.ceil(size / 3)).slice(0, size);
    for (const language of ["JSON", "YAML"]) expect(filtersOf(text, language)).toEqual(expected);
    expect(filtersOf(text, "Ruby")).toEqual([]);
  });

  it("say what they measured", () => {
    expect(judgeFile({ text: "1".repeat(50), language: "C" })[0]!.message).toBe(
      "0 % of the characters are letters, below 25 %",
    );
  });

  it("refuse what is no text", () => {
    expect(() => judgeFile({ text: 3, language: "C" } as never)).toThrow("text must be a text");
  });
});

describe("the visible text of a page", () => {
  it("leaves out scripts, styles, comments, head and tags", () => {
    const html = `<!doctype html><html><head><title>t</title></head><body><!-- no --><script>var a = "<p>";</script>
<style>p { color: red }</style><p class="x">One&nbsp;two &amp; three</p></body></html>`;
    expect(visibleText(html)).toBe("Onextwo x three");
  });

  it("reads a page that is cut off", () => {
    expect(visibleText("text<script>never closed")).toBe("text");
    expect(visibleText("text <a href=")).toBe("text");
    expect(visibleText("1 < 2")).toBe("1 < 2");
  });
});
