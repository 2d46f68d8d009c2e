import { atOnce, type Budget, nextTurn } from "@deepgrain/support";
import fc from "fast-check";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { LmError, Tokenizer } from "../../src";
import { budgetOf } from "../../src/errors";
import type { Constraint } from "../../src/generation/constraint";
import { compileJsonSchema, type JsonSchema, jsonSchema } from "../../src/json-schema";
import { schemaLimits } from "../../src/json-schema/compile-schema";
import { parseSchema } from "../../src/json-schema/parse-schema";
import { handMadeTokenizer } from "./hand-made-tokenizer";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await handMadeTokenizer();
});

const refusal = (schema: unknown, options = {}): LmError => {
  try {
    jsonSchema(schema as JsonSchema, tokenizer, options);
  } catch (error) {
    return error as LmError;
  }
  throw new Error("nothing was refused");
};

const up = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Definitions of which each is one of some before it, in an order, and one of them all. */
function chainOf(order: readonly number[], branches = 1): Record<string, unknown> {
  const reference = (i: number) => ({ $ref: `#/$defs/d${i}` });
  const definition = (i: number) =>
    i === 0
      ? { type: "null" }
      : { anyOf: up(Math.min(branches, i)).map((k) => reference(i - 1 - k)) };
  return {
    $defs: Object.fromEntries(order.map((i) => [`d${i}`, definition(i)])),
    anyOf: order.map(reference),
  };
}

const ordersOf = (count: number): number[][] => [
  up(count),
  up(count).reverse(),
  ...fc.sample(fc.shuffledSubarray(up(count), { minLength: count }), { numRuns: 10, seed: 49 }),
];

/** The constraint of a schema, and the budget that it took. */
function compiled(schema: JsonSchema): { constraint: Constraint; budget: Budget } {
  const budget = budgetOf("jsonSchema", undefined, schemaLimits);
  return { constraint: jsonSchema(schema, tokenizer, { budget }), budget };
}

/** References of a schema: the edges of its nodes. */
const edgesOf = (schema: JsonSchema) => JSON.stringify(schema).split('"$ref"').length - 1;

/** The tokens that may begin a text, and the fewest that one takes. */
function answerOf(constraint: Constraint): { first: number[]; least: number } {
  const text = { promptLength: 0, eosTokenIds: [0] };
  let least = 1;
  for (; ; least++)
    try {
      constraint({ ...text, maxNewTokens: least });
      break;
    } catch {}
  const logits = constraint({ ...text, maxNewTokens: 100 })([], new Float32Array(300));
  return { first: [...logits.keys()].filter((id) => logits[id] === 0), least };
}

describe("a chain of definitions", () => {
  it.each([
    [500, 1],
    [1000, 1],
    [2000, 1],
    [500, 100],
  ])(
    "of %i, %i branches each, is taken in every order, at 4 looks per edge at most",
    (count, branches) => {
      const answers = ordersOf(count).map((order) => {
        const schema = chainOf(order, branches);
        const { constraint, budget } = compiled(schema);
        const edges = edgesOf(schema);
        expect(budget.steps).toBeGreaterThan(edges);
        expect(budget.steps).toBeLessThanOrEqual(4 * edges); // a step is a look at an edge
        return answerOf(constraint);
      });
      const letters = answers[0]!.first.map((id) => tokenizer.decode([id]));
      expect(letters.toSorted()).toEqual([" ", "n"]);
      expect(answers[0]!.least).toBe(2); // one token, and the end
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    },
  );

  it.each([
    ["rising", (order: number[]) => order],
    ["falling", (order: number[]) => order.reverse()],
    ["drawn", (order: number[]) => order.sort((a, b) => ((a * 7919) % 1009) - ((b * 7919) % 1009))],
  ])("of twice the length costs about twice the work, in %s order", (_, arrange) => {
    const steps = [256, 512, 1024].map((n) => compiled(chainOf(arrange(up(n)))).budget.steps);
    expect(steps[1]! / steps[0]!).toBeLessThan(2.5);
    expect(steps[2]! / steps[1]!).toBeLessThan(2.5);
  });

  it("that ends nowhere is refused by the place that stops it, in every order", () => {
    for (const order of ordersOf(200)) {
      const schema = chainOf(order, 50);
      (schema.$defs as Record<string, unknown>).d0 = false;
      expect(refusal(schema).message).toContain("#/$defs/d0: false allows no value");
    }
  });

  it("of references alone, and of lists inside lists, is taken from both ends", () => {
    const chain = up(3000).map((i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }] as const);
    const lists = up(300).map((i) => {
      return [`d${i}`, { type: "array", items: { $ref: `#/$defs/d${i + 1}` } }] as const;
    });
    for (const [definitions, last] of [
      [chain, 3000],
      [lists, 300],
    ] as const)
      for (const list of [definitions, [...definitions].reverse()]) {
        const $defs = { ...Object.fromEntries(list), [`d${last}`]: { type: "null" } };
        expect(() => jsonSchema({ $ref: "#/$defs/d0", $defs }, tokenizer)).not.toThrow();
      }
  });
});

describe("the order of definitions", () => {
  it("changes neither what enum keeps nor what is allowed", () => {
    const $defs: Record<string, unknown> = {
      a: { type: "array", items: { $ref: "#/$defs/b" }, enum: [[1], [2], [[1]], []] },
      b: { anyOf: [{ $ref: "#/$defs/c" }, { $ref: "#/$defs/a" }] },
      c: { type: "integer", enum: [1, "x", 7] },
      d: { type: "object", properties: { next: { $ref: "#/$defs/d" }, is: { $ref: "#/$defs/a" } } },
    };
    const answers = fc
      .sample(fc.shuffledSubarray(["a", "b", "c", "d"], { minLength: 4 }), 24)
      .map((order) => {
        const given = Object.fromEntries(order.map((name) => [name, $defs[name]]));
        const anyOf = order.map((name) => ({ $ref: `#/$defs/${name}` }));
        const { all } = atOnce(parseSchema({ $defs: given, anyOf }, budgetOf("t", {}, {}))).nodes;
        const kept = all.flatMap((node) =>
          node.kind === "literals" && node.path === "#/$defs/a" ? [node.values] : [],
        );
        return { kept, ...answerOf(jsonSchema({ $defs: given, anyOf }, tokenizer)) };
      });
    expect(answers[0]!.kept).toEqual([[[1], [[1]], []]]);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe("two schemas with one text", () => {
  const first = (schema: unknown) =>
    answerOf(jsonSchema(schema as JsonSchema, tokenizer)).first.map((id) => tokenizer.decode([id]));

  it("are none: big integers are refused by name, and other values tell them apart", () => {
    for (const schema of [
      { type: "integer", default: 5n },
      { type: "string", default: 6n },
    ])
      expect(refusal(schema)).toMatchObject({
        code: "ERR_ARGUMENT",
        message: expect.stringMatching(/#\/default: must be a JSON value, got [56]n/),
        fields: { path: "#/default" },
      });
    expect(first({ type: "integer", default: 5 })).toContain("1");
    expect(first({ type: "integer", default: 5 })).not.toContain('"');
    expect(first({ type: "string", default: "6" })).toContain('"');
    expect(first({ type: "string", default: "6" })).not.toContain("1");
  });

  it("are one, also where a member is undefined, and what is changed later has no effect", () => {
    expect(first({ type: "integer", const: undefined })).toEqual(first({ type: "integer" }));
    const schema = { type: "integer" };
    const constraint = jsonSchema(schema, tokenizer);
    schema.type = "string";
    expect(answerOf(constraint).first.map((id) => tokenizer.decode([id]))).toContain("1");
    expect(first(schema)).toContain('"');
  });
});

describe("what is no schema", () => {
  const cyclic: Record<string, unknown> = { type: "integer" };
  cyclic.examples = [1, { inner: cyclic }];
  const nested = (levels: number) => JSON.parse(`${"[".repeat(levels)}1${"]".repeat(levels)}`);
  let shared: unknown[] = [];
  for (let i = 0; i < 200; i++) shared = [shared, shared]; // 2^200 values

  it.each([
    ["a malformed reference", { $ref: "#/%E0%A4%A" }, "#: $ref must be percent-encoded UTF-8"],
    ["half an escape", { items: { $ref: "#/%" } }, "#/items: $ref must be"],
    ["a reference to nothing, and a long one", { $ref: `#/${"x".repeat(1e5)}` }, "…"],
    ["cyclic examples", cyclic, "#/examples/1/inner: holds itself"],
    ["5,000 nested lists in enum", { enum: [nested(5000)] }, "values may be nested 256 times"],
    ["100,000 nested lists in default", { default: nested(1000) }, "values may be nested 256"],
    ["a function", { items: { default: () => 1 } }, "#/items/default: must be a JSON value"],
    ["a symbol", { default: Symbol("a") }, "#/default: must be a JSON value"],
    ["NaN", { enum: [1, Number.NaN] }, "#/enum/1: must be a JSON value, got NaN"],
    [
      "a hole in a list",
      { enum: Object.assign(new Array(3), { 0: 1, 2: 2 }) },
      "#/enum/1: must be a JSON value, got undefined",
    ],
    ["a date", { const: new Date(0) }, "#/const: must be a JSON value, got Date"],
    ["nothing", undefined, "#: must be a JSON value, got undefined"],
    ["a big integer", 5n, "#: must be a JSON value, got 5n"],
    ["no types", { type: [] }, "#: type lists nothing"],
    [
      "more items than there are",
      { type: "array", prefixItems: [true], items: false, minItems: 2 },
      "prefixItems",
    ],
    ["a text without end", { type: "string", minLength: 2 ** 53 - 1 }, "longer than a text can be"],
    ["items without end", { type: "array", minItems: 2 ** 53 - 1 }, "longer than a text can be"],
    [
      "lists of lists without end",
      {
        type: "array",
        minItems: 1e6,
        items: { type: "array", minItems: 1e6 },
      },
      "longer than a text can be",
    ],
  ])("is refused by place: %s", (_, schema, message) => {
    const error = refusal(schema);
    expect(error.code).toBe("ERR_ARGUMENT");
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(1500);
  });

  const branch = { $ref: "#/$defs/a" };
  const self = {
    $defs: { a: { anyOf: up(2).map(() => ({ type: "array", items: branch })) } },
    type: "array",
    items: branch,
    enum: [nested(60)],
  };
  it.each([
    ["400,000 branches", { anyOf: up(400_000).map(() => branch), $defs: { a: {} } }, "entries"],
    ["a list that holds others twice, 200 times", { default: shared }, "entries"],
    ["three million characters", { description: "x".repeat(3e6) }, "bytes"],
    ["values of alternatives that multiply", self, "steps"],
  ])("is refused for its work: %s", (_, schema, kind) => {
    const error = refusal(schema);
    expect(error.message).toMatch(
      new RegExp(`^lm/jsonSchema: the input (takes|has) more than \\d+ ${kind}, the limit`),
    );
    expect(error).toMatchObject({ code: "ERR_LIMIT", fields: { door: "jsonSchema", kind } });
  });

  const choices = (count: number) =>
    up(count).map((i) => ({ anyOf: [{ minimum: i }, { required: [`p${i}`] }] }));
  const patterns = (count: number) =>
    Object.fromEntries(up(count).map((i) => [`${i}.{9}a`, { minimum: i }]));
  it.each([
    ["choices that multiply", { allOf: choices(30) }, "4000 parts"],
    [
      "names that depend on others",
      { dependentRequired: Object.fromEntries(up(30).map((i) => [`p${i}`, ["q"]])) },
      "4000 parts",
    ],
    ["patterns of names that multiply", { patternProperties: patterns(40) }, "steps"],
    ["a pattern whose states multiply", { pattern: "(?:a|b)*a(?:a|b){40}" }, "steps"],
    ["a pattern counted to a billion", { pattern: "b", minLength: 1e9 }, "steps"],
    [
      "names of choices",
      { propertyNames: { anyOf: up(9).map((i) => ({ pattern: `${i}.{7}$` })) } },
      "steps",
    ],
  ])("is refused before it grows: %s", (_, schema, message) => {
    const error = refusal({ type: ["object", "string"], ...schema });
    expect(["ERR_LIMIT", "ERR_ARGUMENT"]).toContain(error.code);
    expect(error.message).toContain(message);
  });

  it("leaves the tokenizer and the next schema as they were", () => {
    for (const schema of [cyclic, self, { $ref: "#/%" }])
      refusal(schema, { budget: { steps: 99 } });
    expect(() => jsonSchema({ type: "integer" }, tokenizer)).not.toThrow();
  });

  it("is refused within a caller's own limits, and limits that are none are ERR_RANGE", () => {
    const schema = { title: "own limits", anyOf: up(100).map(() => branch), $defs: { a: {} } };
    expect(refusal(schema, { budget: { entries: 99 } })).toMatchObject({
      code: "ERR_LIMIT",
      fields: { door: "jsonSchema", kind: "entries", limit: 99 },
    });
    expect(refusal(schema, { budget: { steps: 10 } }).fields).toMatchObject({ kind: "steps" });
    for (const steps of [0, -1, 1.5, Infinity])
      expect(refusal(schema, { budget: { steps } }).code).toBe("ERR_RANGE");
    expect(refusal(schema, { budgets: 1 }).message).toContain('did you mean "budget"?');
    expect(() => jsonSchema(schema, tokenizer)).not.toThrow();
  });
});

describe("a schema that is compiled in slices", () => {
  it("gives the same constraint as at once, and the same refusal", async () => {
    for (const schema of [
      chainOf(up(100), 3),
      { type: "object", properties: { a: { enum: ["x", "yy", 3] } }, required: ["a"] },
    ]) {
      const other = await handMadeTokenizer(); // which has not compiled it
      const sliced = await compileJsonSchema(schema, other);
      expect(answerOf(sliced)).toEqual(answerOf(jsonSchema(schema, tokenizer)));
      expect(sliced.jsonSchema).toBe(schema);
    }
    for (const schema of [{ $ref: "#/%" }, { type: "integer", default: 5n }, false]) {
      const message = await compileJsonSchema(schema as JsonSchema, tokenizer).catch(
        (error: LmError) => error.message,
      );
      expect(message).toBe(refusal(schema).message);
    }
  });

  it("lets 20 others go first, and ends with the signal's reason", async () => {
    let milliseconds = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (milliseconds += 5));
    onTestFinished(() => void vi.restoreAllMocks());
    const other = await handMadeTokenizer();
    const schema = {
      $defs: { a: { enum: up(10_000).map((i) => `value ${i}`) } },
      anyOf: up(100_000).map(() => ({ $ref: "#/$defs/a" })),
    };
    const order: string[] = [];
    const compiled = compileJsonSchema(schema, other).then(() => order.push("schema"));
    for (let turn = 0; turn < 20; turn++) {
      await nextTurn();
      order.push("other");
    }
    await compiled;
    expect(order.indexOf("schema")).toBe(20);
    const controller = new AbortController();
    const stopped = compileJsonSchema({ ...schema, title: "other" }, other, {
      signal: controller.signal,
    });
    await nextTurn();
    controller.abort("gone");
    await expect(stopped).rejects.toBe("gone");
  });
});
