import { beforeAll, describe, expect, it } from "vitest";
import type { Tokenizer } from "../../src";
import { jsonSchema } from "../../src/json-schema";
import { type Case, checkCase } from "./check-case";
import { handMadeTokenizer } from "./hand-made-tokenizer";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await handMadeTokenizer();
});

const has = (name: string) => ({ properties: { [name]: { const: 1 } }, required: [name] });
const cases: Case[] = [
  [
    "allOf",
    {
      allOf: [{ type: ["integer", "string"] }, { minimum: 3 }, { maximum: 5 }, { type: "number" }],
    },
    ["3", "5"],
    ["2", "6", '"a"', "3.5"],
  ],
  [
    "allOf of objects, each with its own other properties",
    {
      type: "object",
      properties: { a: true },
      allOf: [{ properties: { b: { type: "null" } }, additionalProperties: { type: "integer" } }],
    },
    ['{"a":1,"b":null,"c":2}'],
    ['{"a":"x"}', '{"c":"x"}', '{"b":1}'],
  ],
  [
    "allOf of lists",
    {
      type: "array",
      allOf: [
        { prefixItems: [{ minimum: 2 }], items: { type: "integer" } },
        { items: { maximum: 4 }, minItems: 1 },
      ],
    },
    ["[2]", "[4,1]"],
    ["[]", "[1]", "[5]", "[2,5]", "[2,1.5]"],
  ],
  [
    "words beside $ref",
    { $ref: "#/$defs/a", maximum: 9, $defs: { a: { type: "integer", minimum: 5 } } },
    ["5", "9"],
    ["4", "10"],
  ],
  [
    "words beside anyOf",
    {
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "integer" } },
      additionalProperties: false,
      anyOf: [{ required: ["a"] }, has("b")],
    },
    ['{"a":2}', '{"b":1}', '{"a":2,"b":3}'],
    ["{}", '{"b":2}', '{"a":1,"c":1}'],
  ],
  [
    "anyOf beside oneOf beside enum",
    {
      enum: [1, 2, "a", null],
      anyOf: [{ type: "number" }, { type: "string" }],
      oneOf: [{ maximum: 1, type: "number" }, { type: "string" }],
    },
    ["1", '"a"'],
    ["2", "null"],
  ],
  [
    "oneOf whose alternatives exclude each other together with the words beside",
    {
      type: "object",
      properties: { kind: { enum: ["a", "b"] } },
      required: ["kind"],
      oneOf: [{ properties: { kind: { const: "a" } } }, { properties: { kind: { const: "b" } } }],
    },
    ['{"kind":"a"}', '{"kind":"b"}'],
    ['{"kind":"c"}'],
  ],
  [
    "oneOf of patterns, bounds and lengths of lists",
    {
      oneOf: [
        { type: "string", pattern: "^a" },
        { type: "string", pattern: "^b" },
        { type: "integer", maximum: 3 },
        { type: "integer", minimum: 4 },
        { type: "array", maxItems: 1 },
        { type: "array", minItems: 2 },
      ],
    },
    ['"a"', '"b"', "3", "4", "[]", "[1,2]"],
    ['"c"', "0.5"],
  ],
  [
    "recursion through allOf",
    {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          allOf: [
            {
              type: "object",
              additionalProperties: false,
              properties: { n: { $ref: "#/$defs/node" }, v: true },
            },
          ],
          required: ["v"],
        },
      },
    },
    ['{"v":1}', '{"n":{"v":1},"v":2}'],
    ["{}", '{"n":{},"v":1}'],
  ],
  [
    "a choice that leads back to itself",
    { type: ["integer", "null"], anyOf: [{ $ref: "#" }, { maximum: 3 }] },
    ["3", "null"],
    ["4"],
  ],
  [
    "$id and $anchor",
    {
      $id: "https://example.org/root.json",
      anyOf: [
        { $ref: "item.json" },
        { $ref: "#here" },
        { $ref: "https://example.org/item.json#/$defs/b" },
      ],
      $defs: {
        a: { $id: "item.json", $ref: "#/$defs/c", $defs: { c: { const: 1 }, b: { const: 2 } } },
        b: { $anchor: "here", const: 3 },
      },
    },
    ["1", "2", "3"],
    ["4"],
  ],
  [
    "drafts 4 to 7",
    {
      $schema: "http://json-schema.org/draft-04/schema#",
      id: "http://example.org/a",
      type: "array",
      items: [{ $ref: "#/definitions/n" }, { $ref: "#text" }],
      additionalItems: false,
      definitions: {
        n: {
          type: "integer",
          minimum: 2,
          exclusiveMinimum: true,
          maximum: 5,
          exclusiveMaximum: false,
        },
        t: { id: "#text", type: "string" },
      },
    },
    ["[]", "[3]", '[5,"a"]'],
    ["[2]", "[6]", "[3,4]", '[3,"a",1]'],
  ],
  [
    "words that are annotations, and words that no draft names",
    {
      type: "integer",
      contentEncoding: "base64",
      $comment: "c",
      readonly: true,
      example: { not: {} },
      nullable: true,
      "x-order": 1,
      minContains: 2,
    },
    ["1"],
    ["null"],
  ],
];

describe("schemas that are joined", () => {
  it.each(cases)("are enforced: %s", (...one) => checkCase(tokenizer, one));

  it("are taken in every order of their words", () => {
    const words = Object.entries({
      $defs: { a: { minimum: 2 }, b: { anyOf: [{ $ref: "#/$defs/a" }, { maximum: 9 }] } },
      $ref: "#/$defs/b",
      allOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/b" }],
      type: "integer",
      maximum: 12,
    });
    const texts = ["2", "12"];
    for (const order of [words, [...words].reverse(), [...words.slice(2), ...words.slice(0, 2)]])
      checkCase(tokenizer, ["", Object.fromEntries(order), texts, ["1", "13", "null"]]);
  });

  it("are not known to exclude each other by a format, which others read as an annotation", () => {
    for (const [one, two] of [
      [{ format: "date" }, { pattern: "^x" }],
      [{ format: "date" }, { const: "x" }],
    ])
      expect(() =>
        jsonSchema(
          { oneOf: [one!, two!].map((words) => ({ type: "string", ...words })) },
          tokenizer,
        ),
      ).toThrow("not known to exclude");
    const large = { oneOf: [{ const: 1e20 }, { type: "number", minimum: 1 }] };
    expect(() => jsonSchema(large, tokenizer)).toThrow("not known to exclude");
  });
});
