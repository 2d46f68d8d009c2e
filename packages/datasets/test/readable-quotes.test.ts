import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../src/parsers";
import { readableQuotes } from "../src/parsers/readable-quotes";

const signs = (...all: string[]) => fc.array(fc.constantFrom(...all), { maxLength: 40 });

describe("readableQuotes", () => {
  it.each([
    ['"a"b,c\n', ",", '"a"b'],
    ['x\n"a"  b"c"d', ",", 'x\n"a"  b'],
    ['"a""b"c"', ",", '"a""b"c'],
    ['"a";"b"x', ";", '"a";"b"x'],
  ])("ends %j at the sign after the first misplaced quote", (text, delimiter, readable) => {
    expect(readableQuotes(text, delimiter).text).toBe(readable);
  });

  it.each(['a"b,c"d\n', '"a, b" ,"c""d"\n"e\nf"', '"open', "", '""', '"a"\r\n"b"\r\n', '"a"\r"b"'])(
    "keeps %j whole",
    (text) => expect(readableQuotes(text, ",").text).toBe(text),
  );

  it.each([
    ['"a\n"\r\nb', "\r\n"],
    ["a\nb\r\n", "\n"],
    ["a\rb", "\r"],
    ["a", "\n"],
  ] as const)("finds how the lines of %j end", (text, newline) => {
    expect(readableQuotes(text, ",").newline).toBe(newline);
  });

  it("leaves rows and the first error of tables as they are", () => {
    const parse = (text: string) => {
      const options = { delimiter: ",", newline: "\n", skipEmptyLines: true } as const;
      const { data, errors } = Papa.parse(text, { ...options, fastMode: false });
      return errors[0] ? { row: errors[0].row, message: errors[0].message } : data;
    };
    fc.assert(
      fc.property(signs('"', "a", ",", " ", "\n"), (parts) => {
        const all = parts.join("");
        expect(parse(readableQuotes(all, ",").text)).toEqual(parse(all));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([256, 512, 1024])("leaves nothing of %i misplaced quotes to go on with", (n) => {
    for (const end of [",a\n", "\n", "\r", "\r\n", ""]) {
      const text = `"${'x"'.repeat(n)}${" ".repeat(n)}${end}`;
      expect(readableQuotes(text, ",").text).toBe('"x"x');
      expect(() => parseCsv(`a,b\n${text}`)).toThrow(/row 2: Trailing quote/);
    }
  });
});
