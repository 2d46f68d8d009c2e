import { beforeAll, describe, expect, it } from "vitest";
import type { Tokenizer } from "../../src";
import { type JsonSchema, jsonSchema } from "../../src/json-schema";
import { type Case, checkCase } from "./check-case";
import { handMadeTokenizer } from "./hand-made-tokenizer";
import { allows } from "./write-text";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await handMadeTokenizer();
});

const object = (more: object) => ({ type: "object", additionalProperties: false, ...more });
const tree = {
  $ref: "#/$defs/tree",
  $defs: { tree: object({ properties: { t: { $ref: "#/$defs/tree" } } }) },
};

const cases: Case[] = [
  [
    "true",
    true,
    ["1", '"a"', "null", "[]", '{"a":[{}]}', " true"],
    ["", "nul", "[1", "{,}", "  1"],
  ],
  [
    "type",
    { type: "string" },
    ['""', '"é日😀"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\n"'],
    ["1", '"\n"', '"\\ud83d"', '"\\ude00"', '"\\x"', '"a'],
  ],
  ["a list of types", { type: ["null", "boolean"] }, ["null", "true", "false"], ["0", "nulltrue"]],
  [
    "integer",
    { type: "integer" },
    ["0", "-1", "123456789012345"],
    ["1.5", "01", "1e3", "1234567890123456", "-"],
  ],
  [
    "number",
    { type: "number" },
    ["0", "-0.5", "12.25e-10", "1E+9", "3e7"],
    [".5", "1.", "1e", "1e100", "+1", "00"],
  ],
  [
    "minimum and maximum",
    { type: "integer", minimum: -12, maximum: 305 },
    ["-12", "0", "99", "300", "305"],
    ["-13", "306", "1000", "-0"],
  ],
  [
    "exclusive bounds",
    { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10 },
    ["1", "9"],
    ["0", "10", "-1"],
  ],
  [
    "bounds of decimals",
    { type: "number", minimum: 0.25, exclusiveMaximum: 1.5 },
    ["0.25", "1", "1.49999", "0.3"],
    ["0.2", "1.5", "0", "2", "1e0"],
  ],
  [
    "bounds above 0 alone",
    { type: "number", exclusiveMinimum: 0, maximum: 0.001 },
    ["0.001", "0.0005"],
    ["0", "0.002", "0.0"],
  ],
  [
    "minLength and maxLength",
    { type: "string", minLength: 2, maxLength: 3 },
    ['"ab"', '"😀é日"', '"\\ud83d\\ude00a"'],
    ['"a"', '"😀"', '"abcd"', '"\\ud83d\\ude00"'],
  ],
  [
    "enum",
    { enum: ["a", 1, 12, null, { k: [1] }, "é\n"] },
    ['"a"', "1", "12", "null", '{"k":[1]}', '"é\\n"'],
    ['"b"', "2", "123", '{"k": [1]}'],
  ],
  ["const", { const: ["x", -1.5] }, ['["x",-1.5]'], ['["x"]']],
  [
    "enum beside type and bounds",
    { type: "integer", minimum: 2, enum: [1, 2, "2", 3.5, 4] },
    ["2", "4"],
    ["1", '"2"', "3.5"],
  ],
  [
    "items",
    { type: "array", items: { type: "integer" } },
    ["[]", "[1]", "[1, 2,3]"],
    ["[1,]", '["a"]', "[1 ,2]"],
  ],
  [
    "prefixItems",
    { type: "array", prefixItems: [{ type: "null" }, { type: "boolean" }], items: false },
    ["[]", "[null]", "[null,true]"],
    ["[true]", "[null,true,1]"],
  ],
  [
    "minItems and maxItems",
    { type: "array", items: { const: 1 }, minItems: 1, maxItems: 3 },
    ["[1]", "[1,1,1]"],
    ["[]", "[1,1,1,1]"],
  ],
  [
    "properties",
    object({ properties: { a: { type: "integer" }, ab: { type: "null" } } }),
    ["{}", '{"a":1}', '{"ab":null}', '{"a": 1, "ab":null}'],
    ['{"ab":null,"a":1}', '{"b":1}', '{"a":1,}', '{"a":1,"a":1}'],
  ],
  [
    "required",
    object({ properties: { a: { const: 1 }, b: { const: 2 } }, required: ["b"] }),
    ['{"b":2}', '{"a":1,"b":2}'],
    ["{}", '{"a":1}'],
  ],
  [
    "names that need escapes",
    object({ properties: { 'q"\n': { const: 1 } }, required: ['q"\n'] }),
    ['{"q\\"\\n":1}'],
    ['{"q":1}'],
  ],
  [
    "additionalProperties",
    { type: "object", properties: { a: { const: 1 } }, additionalProperties: { type: "null" } },
    ["{}", '{"b":null}', '{"a":1,"ab":null,"":null}', '{"é":null}'],
    ['{"a":null}', '{"b":1}', '{"b":null,"a":1}', '{"\\u0061":null}'],
  ],
  [
    "required names without a schema",
    { type: "object", required: ["x"] },
    ['{"x":[]}', '{"x":1,"y":2}'],
    ["{}", '{"y":2}'],
  ],
  [
    "anyOf",
    {
      anyOf: [
        object({ properties: { k: { const: 1 }, a: true }, required: ["k"] }),
        object({ properties: { k: { const: 12 } }, required: ["k"] }),
        { type: "null" },
      ],
    },
    ['{"k":1}', '{"k":1,"a":2}', '{"k":12}', "null"],
    ['{"k":12,"a":2}', "{}"],
  ],
  [
    "oneOf",
    {
      oneOf: [
        { type: "string" },
        { const: 3 },
        { type: "object", properties: { a: { const: 1 } }, required: ["a"] },
        object({ properties: { b: true }, required: ["b"] }),
      ],
    },
    ['"x"', "3", '{"a":1}', '{"b":0}'],
    ["4", "{}"],
  ],
  ["$ref", tree, ["{}", '{"t":{"t":{}}}'], ['{"t":1}', '{"t":{"u":{}}}']],
  ["$ref to the root", { type: "array", items: { $ref: "#" } }, ["[]", "[[],[[]]]"], ["[1]"]],
  ["false inside", object({ properties: { a: false, b: true } }), ["{}", '{"b":1}'], ['{"a":1}']],
  [
    "annotations",
    { $schema: "s", title: "t", description: "d", default: 1, examples: [], type: "null" },
    ["null"],
    ["1"],
  ],
];

describe("a keyword", () => {
  it.each(cases)("is enforced: %s", (...one) => checkCase(tokenizer, one));

  it("is enforced to 64 levels, or as deep as a schema's shortest text", () => {
    const levels = (count: number) => `${"[".repeat(count)}${"]".repeat(count)}`;
    const lists = jsonSchema({ type: "array", items: { $ref: "#" } }, tokenizer);
    expect(allows(lists, tokenizer, tokenizer.encode(levels(64)))).toBe(true);
    expect(allows(lists, tokenizer, tokenizer.encode(levels(65)))).toBe(false);
    let deep: JsonSchema = { type: "null" };
    for (let i = 0; i < 100; i++)
      deep = { type: "array", prefixItems: [deep], items: false, minItems: 1 };
    const text = `${"[".repeat(100)}null${"]".repeat(100)}`;
    expect(allows(jsonSchema(deep, tokenizer), tokenizer, tokenizer.encode(text))).toBe(true);
  });
});
