import { beforeAll, describe, expect, it } from "vitest";
import type { Tokenizer } from "../../src";
import { jsonSchema } from "../../src/json-schema";
import { type Case, checkCase } from "./check-case";
import { handMadeTokenizer } from "./hand-made-tokenizer";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await handMadeTokenizer();
});

const cases: Case[] = [
  [
    "a pattern anywhere",
    { type: "string", pattern: "b\\d" },
    ['"b1"', '"ab12"', '"é\\nb0日"'],
    ['"b"', '"1b"', "1", '"b1'],
  ],
  [
    "a pattern of the whole",
    { type: "string", pattern: "^(aa|é)+$" },
    ['"aa"', '"éaaé"'],
    ['""', '"a"', '"aa "', '"\\u00e9"'],
  ],
  ["a pattern of other types", { pattern: "^a$" }, ['"a"', "1", "[]"], ['"b"']],
  [
    "escapes, each in one spelling",
    { type: "string", pattern: '^[\\s"\\\\\\u0001/]+$' },
    ['"\\n\\t\\"\\\\"', '"/ "', '"\\u0001"'],
    ['"\\/"', '"\\u000a"', '"\\u0020"', '"\\u0002"', '"a"', '"\\"'],
  ],
  [
    "characters of four bytes, and their halves",
    { type: "string", pattern: "^[😀-😂]$" },
    ['"😀"', '"😂"'],
    ['"😃"', '"\\ud83d\\ude00"', '"😀😀"', '""'],
  ],
  [
    "lengths in code points",
    { type: "string", pattern: "^[a😀]*$", minLength: 2, maxLength: 3 },
    ['"😀a"', '"aaa"', '"😀😀😀"'],
    ['"😀"', '"aaaa"', '"a b"'],
  ],
  [
    "two patterns and a length",
    {
      type: "string",
      allOf: [{ pattern: "^a" }, { pattern: "e$" }, { minLength: 4 }],
    },
    ['"athe"', '"a\\ne e"'],
    ['"ae"', '"the"', '"aaaa"'],
  ],
  [
    "look-ahead",
    { type: "string", pattern: "^(?=.*1)(?!.*2)(?=.{2,3}$)\\w*$" },
    ['"a1"', '"1ab"'],
    ['"ab"', '"12"', '"1"', '"a1bc"'],
  ],
  [
    "a pattern and a format",
    { type: "string", format: "date", pattern: "^2024-0[12]-" },
    ['"2024-02-29"', '"2024-01-31"'],
    ['"2024-02-30"', '"2023-01-01"', '"2024-03-01"'],
  ],
  ["a pattern of values", { enum: ["aa", "b", 3], pattern: "^a" }, ['"aa"', "3"], ['"b"', '"a"']],
  ["a format that no draft names", { type: "string", format: "cuid" }, ['"x"'], ["1"]],
  ["int32", { type: "number", format: "int32" }, ["-2147483648", "7"], ["2147483648", "0.5"]],
  [
    "int64",
    { type: "integer", format: "int64" },
    ["9007199254740991"],
    ["9007199254740993", "1e3"],
  ],
  [
    "multipleOf of integers",
    { type: "integer", multipleOf: 7, minimum: -7 },
    ["0", "-7", "14", "700"],
    ["1", "-14", "15", "7.0"],
  ],
  [
    "multipleOf of decimals",
    { type: "number", multipleOf: 0.01, maximum: 1 },
    ["0.25", "1", "0.3", "-12.25"],
    ["0.255", "1.01", "1e0"],
  ],
  [
    "several of them",
    { type: "number", multipleOf: 2.5, allOf: [{ multipleOf: 2 }, { minimum: 1 }] },
    ["10", "20.0"],
    ["5", "4", "0"],
  ],
  [
    "integers among decimals",
    { type: "integer", multipleOf: 1.5 },
    ["3", "-6", "0"],
    ["2", "1.5", "4"],
  ],
];

describe("texts and numbers", () => {
  it.each(cases)("are enforced: %s", (...one) => checkCase(tokenizer, one));

  it("end in time in the fewest tokens that spell them", () => {
    const text = { promptLength: 0, eosTokenIds: [0] };
    const year = jsonSchema({ type: "string", pattern: "^12$" }, tokenizer);
    // " 12 " and the end
    expect(() => year({ ...text, maxNewTokens: 4 })).not.toThrow();
    expect(() => year({ ...text, maxNewTokens: 3 })).toThrow("take 4 tokens");
  });

  it("are refused in a tokenizer that cannot spell them", () => {
    const letters = {
      ...tokenizer,
      idToToken: (id: number) =>
        tokenizer.decode([id]) === "1" ? undefined : tokenizer.idToToken(id),
    };
    expect(() => jsonSchema({ type: "string", pattern: "^1$" }, letters)).toThrow(
      "no tokens that spell",
    );
    expect(() => jsonSchema({ type: "string", pattern: "^[12]$" }, letters)).not.toThrow();
  });
});
