import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { notJson } from "../../src/json/not-json";

describe("notJson", () => {
  it.each([
    ['{\n  "a": 1,\n  "b": tru }\n', "line 3: not JSON (column 8)"],
    ['{"a": [1, 2', "line 1: not JSON (it ends too soon)"],
    ['{"a": "open', "line 1: not JSON (it ends too soon)"],
    ["", "line 1: not JSON (it ends too soon)"],
    ["[1,\n2,]", "line 2: not JSON (column 3)"],
    ['{"a" 1}', "line 1: not JSON (column 6)"],
    ['{"a": 1,}', "line 1: not JSON (column 9)"],
    ["[1 2]", "line 1: not JSON (column 4)"],
    ["{1: 2}", "line 1: not JSON (column 2)"],
    ["[}", "line 1: not JSON (column 2)"],
    ["01", "line 1: not JSON (column 1)"],
    ["{} {}", "line 1: not JSON (column 4)"],
    ["'a'", "line 1: not JSON (column 1)"],
  ])("says where %j stops being JSON", (text, said) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(notJson(text)).toBe(said);
  });

  it("counts lines from that of the text in its file", () => {
    expect(notJson("nothing", 7)).toBe("line 7: not JSON (column 1)");
  });

  it("finds the end of every JSON text that is cut, and the sign that is too much", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (text, n) => {
        fc.pre(/^[[{"]/.test(text));
        expect(notJson(text.slice(0, n % text.length))).toBe("line 1: not JSON (it ends too soon)");
        expect(notJson(`${text}]`)).toBe(`line 1: not JSON (column ${text.length + 1})`);
      }),
    );
  });

  it("quotes nothing of the text", () => {
    expect(notJson('{"key": secret}')).not.toContain("secret");
  });
});
