import { atOnce } from "@deepgrain/support";
import { beforeAll, describe, expect, it } from "vitest";
import type { Tokenizer } from "../../src";
import { budgetOf } from "../../src/errors";
import { type JsonSchema, jsonSchema } from "../../src/json-schema";
import { schemaLimits } from "../../src/json-schema/compile-schema";
import { compiledSchema } from "../../src/json-schema/compiled-schemas";
import { handMadeTokenizer } from "./hand-made-tokenizer";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await handMadeTokenizer();
});

const refusal = (schema: unknown) => {
  try {
    jsonSchema(schema as JsonSchema, tokenizer);
  } catch (error) {
    return error as { code: string; message: string; fields: object };
  }
  throw new Error(`accepted: ${JSON.stringify(schema).slice(0, 200)}`);
};

const text = { promptLength: 0, eosTokenIds: [0] };

describe("a keyword that is not enforced", () => {
  it.each([
    ["format", { type: "string", format: "idn-email" }],
    ["contains", { type: "array", contains: {} }],
    ["not", { not: {} }],
    ["if", { if: {}, else: {} }],
    ["unevaluatedItems", { unevaluatedItems: false }],
    ["unevaluatedProperties", { unevaluatedProperties: false }],
    ["$dynamicRef", { $dynamicRef: "#a" }],
    ["$recursiveRef", { $recursiveRef: "#" }],
    ["divisibleBy", { divisibleBy: 2 }],
  ])("is refused by name: %s", (name, inner) => {
    const error = refusal({ type: "array", items: inner });
    expect(error).toMatchObject({ code: "ERR_ARGUMENT", fields: { keyword: name } });
    expect(error.message).toMatch(/#\/items.*is not supported/);
  });

  it.each([
    ["uniqueItems is supported for lists of enum and const only", { uniqueItems: true }],
    [
      "minProperties: 2 names more than the required ones are needed, of which one at most",
      { type: "object", minProperties: 2 },
    ],
    [
      "minProperties has more than 200 choices",
      {
        minProperties: 4,
        properties: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}`, true])),
      },
    ],
    ["oneOf is not supported in propertyNames", { propertyNames: { oneOf: [{}] } }],
    ["it refers to itself without end", { type: "integer", allOf: [{ $ref: "#" }] }],
  ])("is refused where it would take more than is built: %s", (message, schema) => {
    const error = refusal(schema);
    expect(error.code).toBe("ERR_ARGUMENT");
    expect(error.message).toContain(message);
  });

  it("is ignored where no draft names it, or refused if the caller wants that", () => {
    for (const [words, message] of [
      [{ type: "string", minLenght: 3 }, "#: minLenght is no word of JSON Schema"],
      [{ type: "string", format: "cuid" }, '#/format: "cuid" is no format of JSON Schema'],
    ] as const) {
      expect(() => jsonSchema(words, tokenizer)).not.toThrow();
      expect(() => jsonSchema(words, tokenizer, { unknownWords: "refuse" })).toThrow(message);
      expect(() => jsonSchema(words, tokenizer)).not.toThrow(); // also the second time
    }
    const usual = { type: "integer", format: "int32", title: "t", if: {}, minContains: 2 };
    expect(() => jsonSchema(usual, tokenizer, { unknownWords: "refuse" })).not.toThrow();
    expect(() => jsonSchema(true, tokenizer, { unknownWords: "drop" as never })).toThrow(
      "unknownWords",
    );
  });

  it.each([
    [
      "#/oneOf: 0 and 1 are not known to exclude each other",
      { oneOf: [{ type: "integer" }, { type: "number" }] },
    ],
    ["#/items: must be a schema beside prefixItems", { items: [{}], prefixItems: [{}] }],
    ["#/anyOf: must be a list of schemas", { anyOf: {} }],
    ["#/enum: must be a list of values", { enum: "a" }],
    ["#/propertyNames/enum: must be a list of values", { propertyNames: { enum: "a" } }],
    ["#/multipleOf: must be above 0", { multipleOf: 0 }],
    ["#/multipleOf: must be above 0, with up to 15 digits", { multipleOf: 1e-16 }],
    ["#/uniqueItems: must be true or false", { uniqueItems: 1 }],
    ["#/pattern: must be a regular expression", { pattern: 1 }],
    ["#/format: must be a text", { format: 1 }],
    ["#/patternProperties: must be an object", { patternProperties: [] }],
    ["#/minProperties must be", { minProperties: -1 }],
    ["#/dependentRequired/a: must be a list of names", { dependentRequired: { a: {} } }],
    ["#/dependentSchemas/a: must be a schema", { dependentSchemas: { a: ["b"] } }],
    ["#/dependencies: must be an object", { dependencies: [] }],
    ["#/type: must be of null", { type: "text" }],
    ["#/minLength must be", { type: "string", minLength: -1 }],
    ["$ref #/$defs/none names nothing", { $ref: "#/$defs/none" }],
    ["$ref must begin with #", { $ref: "https://example.org/schema" }],
    ["#/properties/a: a schema must be an object", { type: "object", properties: { a: 1 } }],
    ["#/required: must be a list of names", { type: "object", required: [1] }],
    ["#/maximum: must be a number", { type: "integer", maximum: "9" }],
    ["a schema must be an object, true or false", null],
  ])("and a malformed one is refused: %s", (message, schema) => {
    const error = refusal(schema);
    expect(error.message).toContain(message);
    expect(["ERR_ARGUMENT", "ERR_RANGE"]).toContain(error.code);
  });
});

describe("a schema that nothing satisfies", () => {
  it.each([
    ["#: false allows no value", false],
    [
      "#/properties/a: minLength 3 is above maxLength 2",
      {
        type: "object",
        properties: { a: { type: "string", minLength: 3, maxLength: 2 } },
        required: ["a"],
      },
    ],
    ["#: no number is within its bounds", { type: "integer", minimum: 1.2, maximum: 1.8 }],
    ["#: no value of enum or const is allowed", { type: "string", enum: [1, 2] }],
    ["#: no value of enum or const is allowed", { enum: ["a"], const: "b" }],
    ["#: minItems 2 is above maxItems 1", { type: "array", minItems: 2, maxItems: 1 }],
    [
      "#: no text satisfies pattern ^[a-z]+$, format date",
      { type: "string", pattern: "^[a-z]+$", format: "date" },
    ],
    [
      "#: no text satisfies pattern ^a*$, minLength 2, maxLength 1",
      { type: "string", pattern: "^a*$", minLength: 2, maxLength: 1 },
    ],
    [
      "#: no number is within its bounds",
      { type: "integer", multipleOf: 7, minimum: 1, maximum: 6 },
    ],
    ["#: no type is allowed", { type: "integer", allOf: [{ type: "string" }] }],
    [
      "#: 2 properties are needed, maxProperties is 1",
      { type: "object", required: ["a", "b"], maxProperties: 1 },
    ],
    [
      '#: propertyNames forbids "a"',
      { type: "object", required: ["a"], propertyNames: { maxLength: 0 } },
    ],
    [
      "#: minProperties: 1 names more than the required ones are needed",
      { type: "object", minProperties: 1, additionalProperties: false },
    ],
    [
      "#: b is required, but additionalProperties is false",
      { type: "object", required: ["b"], additionalProperties: false },
    ],
    [
      "each value would need another one inside, without end",
      { type: "object", properties: { a: { $ref: "#" } }, required: ["a"] },
    ],
    ["each value would need another one inside, without end", { $ref: "#" }],
    [
      "#/anyOf/0: minItems 1 is above maxItems 0",
      { anyOf: [{ type: "array", minItems: 1, maxItems: 0 }, false] },
    ],
  ])("is refused with the place: %s", (message, schema) => {
    const error = refusal(schema);
    expect(error.code).toBe("ERR_ARGUMENT");
    expect(error.message).toContain("nothing satisfies the schema");
    expect(error.message).toContain(message);
  });
});

describe("a schema that cannot end in time", () => {
  it("is refused beforehand with the tokens that it needs, and allowed with as many", () => {
    const list = jsonSchema({ type: "array", items: { const: "aaaa" }, minItems: 3 }, tokenizer);
    // ["aaaa","aaaa","aaaa"] in the fewest tokens: [" aaaa "," aaaa "," aaaa "], and the end
    expect(() => list({ ...text, maxNewTokens: 7 })).toThrow(
      "take 8 tokens, but maxNewTokens is 7",
    );
    expect(() => list({ ...text, maxNewTokens: 8 })).not.toThrow();
    const long = jsonSchema({ type: "string", minLength: 1e9 }, tokenizer);
    expect(() => long({ ...text, maxNewTokens: 1000 })).toThrow("maxNewTokens is 1000");
  });

  it("needs a token that ends texts, and a tokenizer that can spell it", () => {
    const any = jsonSchema(true, tokenizer);
    expect(() => any({ ...text, maxNewTokens: 9, eosTokenIds: [] })).toThrow("a token that ends");
    const digits = {
      ...tokenizer,
      idToToken: (id: number) => (id < 90 ? tokenizer.idToToken(id) : undefined),
    };
    expect(() => jsonSchema({ type: "object" }, digits)).toThrow("no tokens that spell");
  });
});

describe("a hostile schema", () => {
  const work = (schema: JsonSchema) => {
    const budget = budgetOf("jsonSchema", undefined, schemaLimits);
    const { automaton, masks } = atOnce(compiledSchema(schema, tokenizer, budget)).open();
    let state = automaton.start;
    for (let i = 0; i < 30; i++) {
      const { bits } = masks.of(state);
      const id = Array.from({ length: tokenizer.vocabSize }, (_, k) => k).find(
        (k) => (bits[k >>> 5]! >>> (k & 31)) & 1,
      );
      if (id === undefined) break;
      state = automaton.afterAll(state, automaton.grammar.vocabulary.bytes[id]!)!;
    }
    return { transitions: automaton.transitions, frames: automaton.grammar.frames.count };
  };

  it("of readings that multiply is followed in bounded work", () => {
    const part = (name: string) => ({
      type: "object",
      properties: { a: { $ref: "#/$defs/x" }, [name]: true },
    });
    const schema = { $ref: "#/$defs/x", $defs: { x: { anyOf: ["b", "c", "d", "e"].map(part) } } };
    const { transitions, frames } = work(schema);
    expect(transitions).toBeLessThan(30_000);
    expect(frames).toBeLessThan(300_000);
  });

  it("of lists that hold each other in any of 1,900 ways is followed in bounded work", () => {
    const lists = Array.from({ length: 1900 }, () => ({ type: "array", items: { $ref: "#" } }));
    const { transitions, frames } = work({ anyOf: lists });
    expect(transitions).toBeLessThan(30_000);
    expect(frames).toBeLessThan(300_000); // 1,900 × 64 after each bracket, if all were begun
  });

  it("of 10,000 values takes work in proportion to the tokens, not to the values", () => {
    const values = Array.from({ length: 10_000 }, (_, i) => `value ${i * 7919}`);
    expect(work({ enum: values }).transitions).toBeLessThan(30_000);
  });

  it("of too many parts, characters, levels or alternatives is refused", () => {
    const parts = Array.from({ length: 5000 }, (_, minimum) => ({ type: "integer", minimum }));
    expect(refusal({ anyOf: parts }).message).toContain("may have 4000 parts");
    expect(refusal({ enum: ["x".repeat(300_000)] }).message).toContain("characters in all");
    let deep: object = {};
    for (let i = 0; i < 5000; i++) deep = { type: "array", items: deep };
    expect(refusal(deep).message).toContain("nested 256 times");
  });
});
