import { describe, expect, it } from "vitest";
import { scriptOf } from "../../src/python/script-of";

const literal = (value: unknown) =>
  /^assert _plain\(f\((.*)\)\) == None, "f is wrong"$/ms.exec(
    scriptOf([{ call: "f", arguments: [value], equals: null }]).text,
  )?.[1];

describe("a script of tests", () => {
  it("is what is given, or a line per call, whose names are the program's", () => {
    expect(scriptOf("assert f()")).toEqual({ text: "assert f()", forced: [] });
    const tests = ["len", "a.b", "len"].map((call) => ({ call, arguments: [], equals: 1 }));
    expect(scriptOf(tests).forced).toEqual(["len", "a"]);
  });

  it.each([
    [null, "None"],
    [undefined, "None"],
    [true, "True"],
    [-1.5, "-1.5"],
    [Number.NaN, '_number("nan")'],
    [-Infinity, '_number("-inf")'],
    [-(2n ** 70n), "-0x400000000000000000"],
    ["a\n\u2028\ud800", '"a\\n\u2028\\ud800"'],
    [[1, [2]], "[1, [2]]"],
    [{ a: { b: 1 } }, '{"a": {"b": 1}}'],
  ])("holds %s", (value, text) => {
    expect(literal(value)).toBe(text);
  });

  it("refuses what no test can hold", () => {
    expect(() => literal(() => 1)).toThrow(/cannot hold a function/);
    const endless: unknown[] = [];
    endless.push(endless);
    expect(() => literal(endless)).toThrow(/nested deeper than 200/);
  });
});
