import { beforeAll, describe, it } from "vitest";
import type { Tokenizer } from "../../src";
import { type Case, checkCase } from "./check-case";
import { handMadeTokenizer } from "./hand-made-tokenizer";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await handMadeTokenizer();
});

const one = { const: 1 };
const cases: Case[] = [
  [
    "patternProperties",
    { type: "object", patternProperties: { "^a": one, b$: { type: "integer" } } },
    ["{}", '{"a":1,"b":2}', '{"ab":1}', '{"c":"x"}'],
    ['{"a":2}', '{"ab":2}', '{"b":"x"}'],
  ],
  [
    "patternProperties beside others",
    {
      type: "object",
      properties: { ab: { type: "integer" } },
      patternProperties: { "^a": { minimum: 5 } },
      additionalProperties: false,
    },
    ['{"ab":5}', '{"a":"x","aa":7}'],
    ['{"ab":4}', '{"ab":"x"}', '{"b":1}', '{"a":1}', '{"":1}'],
  ],
  [
    "names with escapes",
    { type: "object", patternProperties: { '^[\\n"]$': one }, additionalProperties: false },
    ['{"\\n":1}', '{"\\"":1}'],
    ['{"n":1}', '{"\\u000a":1}'],
  ],
  [
    "a name that is required and has a pattern",
    {
      type: "object",
      required: ["a1"],
      patternProperties: { "\\d": one },
      additionalProperties: false,
    },
    ['{"a1":1}', '{"a1":1,"2":1}'],
    ["{}", '{"a1":2}', '{"b":1,"a1":1}'],
  ],
  [
    "propertyNames",
    { type: "object", propertyNames: { pattern: "^[a-c]+$", maxLength: 2 } },
    ["{}", '{"a":1,"bc":null}'],
    ['{"abc":1}', '{"d":1}', '{"":1}'],
  ],
  [
    "propertyNames of values and choices",
    { type: "object", propertyNames: { anyOf: [{ enum: ["a", "the", 1] }, { const: "b" }] } },
    ['{"a":1,"the":2,"b":3}'],
    ['{"th":1}', '{"c":1}'],
  ],
  [
    "propertyNames beside declared ones",
    { type: "object", properties: { a: true, bb: true }, propertyNames: { maxLength: 1 } },
    ['{"a":1,"c":1}'],
    ['{"bb":1}', '{"cc":1}'],
  ],
  [
    "minProperties of 1",
    { type: "object", properties: { a: one, b: one }, minProperties: 1 },
    ['{"a":1}', '{"b":1}', '{"x":0}', '{"a":1,"x":0}'],
    ["{}", '{"a":2}'],
  ],
  [
    "minProperties of declared names alone",
    {
      type: "object",
      properties: { a: one, b: one, c: one },
      required: ["c"],
      minProperties: 2,
      additionalProperties: false,
    },
    ['{"a":1,"c":1}', '{"b":1,"c":1}', '{"a":1,"b":1,"c":1}'],
    ['{"c":1}', '{"a":1,"b":1}'],
  ],
  [
    "minProperties, names that may be written twice counting once",
    { type: "object", properties: { a: one, b: one }, minProperties: 2 },
    ['{"a":1,"b":1}', '{"a":1,"x":0}', '{"b":1,"x":0,"y":0}'],
    ['{"x":0,"x":0}', '{"a":1}', "{}"],
  ],
  [
    "maxProperties",
    { type: "object", properties: { a: one, b: one }, required: ["b"], maxProperties: 2 },
    ['{"b":1}', '{"a":1,"b":1}', '{"b":1,"x":0}'],
    ['{"a":1,"b":1,"x":0}', '{"a":1,"x":0}'],
  ],
  ["maxProperties of 0", { type: "object", maxProperties: 0 }, ["{}"], ['{"a":1}']],
  [
    "dependentRequired",
    {
      type: "object",
      properties: { a: one, b: one, c: one },
      dependentRequired: { b: ["a", "c"] },
    },
    ["{}", '{"a":1}', '{"c":1}', '{"a":1,"b":1,"c":1}'],
    ['{"b":1}', '{"a":1,"b":1}'],
  ],
  [
    "dependencies and dependentSchemas",
    {
      type: "object",
      properties: { a: one, b: one },
      dependencies: { a: ["b"] },
      dependentSchemas: { b: { maxProperties: 2 } },
    },
    ["{}", '{"a":1,"b":1}', '{"b":1,"x":0}', '{"x":0,"y":0,"z":0}'],
    ['{"a":1}', '{"a":1,"b":1,"x":0}'],
  ],
  [
    "uniqueItems",
    {
      type: "array",
      items: { enum: ["a", "ab", 1, 12, [1], null] },
      uniqueItems: true,
      minItems: 1,
    },
    ['["a"]', '["ab","a"]', "[1,12]", "[12, 1,null]", "[[1],1]", '["a","ab",1,12,[1],null]'],
    ["[]", '["a","a"]', "[1,1]", "[1,12,1]", "[[1],[1]]", '["b"]'],
  ],
  [
    "uniqueItems of equal values and a choice",
    {
      type: "array",
      items: { anyOf: [{ enum: [{ a: 1, b: 2 }, true] }, { const: { b: 2, a: 1 } }] },
      uniqueItems: true,
    },
    ["[]", "[true]"],
    ['[{"a":1,"b":2},{"b":2,"a":1}]', '[{"b":2,"a":1},{"a":1,"b":2}]', "[true,true]"],
  ],
  [
    "uniqueItems of one item",
    { type: "array", uniqueItems: true, maxItems: 1 },
    ["[]", "[{}]"],
    ["[1,2]"],
  ],
];

describe("names and numbers of properties, and items that differ", () => {
  it.each(cases)("are enforced: %s", (...given) => checkCase(tokenizer, given));
});
