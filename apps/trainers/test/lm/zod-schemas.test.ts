import { createTokenizer, type Tokenizer, trainBpe } from "@deepgrain/lm";
import { jsonSchema } from "@deepgrain/lm/json-schema";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

let tokenizer: Tokenizer;
beforeAll(async () => {
  const json = await trainBpe(["a"], { vocabSize: 257, specialTokens: ["</s>"] });
  tokenizer = await createTokenizer({ tokenizer: json, config: { eos_token: "</s>" } });
});

/** Whether a text may be written token by token, and may end there. */
function isAllowed(schema: z.ZodType, value: unknown): boolean {
  const constraint = jsonSchema(z.toJSONSchema(schema) as never, tokenizer);
  const end = tokenizer.eosTokenId!;
  const process = constraint({ promptLength: 0, maxNewTokens: 10_000, eosTokenIds: [end] });
  const ids = [...tokenizer.encode(JSON.stringify(value), { addSpecialTokens: false }), end];
  return ids.every(
    (id, at) => process(ids.slice(0, at), new Float32Array(tokenizer.vocabSize))[id] === 0,
  );
}

const tree: z.ZodType = z.lazy(() => z.object({ name: z.string(), inner: z.array(tree) }));

/** Usual schemas, with a value that each allows and one that it forbids. */
const schemas: [name: string, schema: z.ZodType, allowed: unknown, forbidden: unknown][] = [
  ["string", z.string(), "a", 1],
  ["string.min.max", z.string().min(2).max(3), "ab", "a"],
  ["string.length", z.string().length(3), "abc", "ab"],
  ["string.regex", z.string().regex(/^[A-Z]{2}\d+$/), "AB12", "ab12"],
  ["string.startsWith", z.string().startsWith("ab-"), "ab-c", "b"],
  ["string.endsWith", z.string().endsWith(".txt"), "a.txt", "a.md"],
  ["string.includes", z.string().includes("x y"), "ax yb", "xy"],
  ["email", z.email(), "ann@example.org", "ann@"],
  ["url", z.url(), "https://example.org/a?b=c#d", "example"],
  ["uuid", z.uuid(), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae"],
  ["ipv4", z.ipv4(), "192.168.0.1", "256.0.0.1"],
  ["ipv6", z.ipv6(), "2001:db8::1", "2001:db8"],
  ["base64", z.base64(), "YWI=", "Y"],
  ["iso.date", z.iso.date(), "2024-02-29", "2023-02-29"],
  ["iso.time", z.iso.time(), "12:30:00", "25:00:00"],
  ["iso.datetime", z.iso.datetime(), "2024-02-29T12:30:00Z", "2024-02-29"],
  ["iso.duration", z.iso.duration(), "P1DT2H", "1 day"],
  ["number", z.number(), 1.5, "1"],
  ["int", z.int(), 12, 1.5],
  ["number.min.max", z.number().min(0).max(1), 0.5, 2],
  ["number.positive", z.number().positive(), 1, 0],
  ["number.multipleOf", z.number().multipleOf(0.25), 0.75, 0.8],
  ["enum", z.enum(["a", "b"]), "b", "c"],
  ["literal", z.literal(3), 3, 4],
  ["array", z.array(z.int()).min(1).max(2), [1], []],
  ["tuple", z.tuple([z.string(), z.int()]), ["a", 1], [1]],
  ["record", z.record(z.string(), z.int()), { a: 1 }, { a: "x" }],
  ["object", z.object({ a: z.string(), b: z.int().optional() }), { a: "x" }, { b: 1 }],
  ["nullable", z.nullable(z.string()), null, 1],
  [
    "discriminatedUnion",
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("a"), n: z.int() }),
      z.object({ kind: z.literal("b"), s: z.string() }),
    ]),
    { kind: "b", s: "x" },
    { kind: "b", n: 1 },
  ],
  ["lazy", tree, { name: "a", inner: [{ name: "b", inner: [] }] }, { name: "a", inner: [1] }],
];

describe("31 usual zod schemas", () => {
  it("are as many", () => expect(schemas).toHaveLength(31));

  it.each(schemas)("are taken: %s", (_, schema, allowed, forbidden) => {
    expect(schema.safeParse(allowed).success).toBe(true);
    expect(schema.safeParse(forbidden).success).toBe(false);
    expect(isAllowed(schema, allowed)).toBe(true);
    expect(isAllowed(schema, forbidden)).toBe(false);
  });

  it.each([
    [
      "intersection",
      z.intersection(z.object({ a: z.int() }), z.object({ b: z.int() })),
      { a: 1, b: 2 },
    ],
    ["record of an enum", z.record(z.enum(["a", "b"]), z.int()), { a: 1, b: 2 }],
    ["partialRecord", z.partialRecord(z.enum(["a", "b"]), z.int()), { b: 2 }],
    ["looseObject", z.looseObject({ a: z.int() }), { a: 1, c: "x" }],
    ["cuid2", z.cuid2(), "abc1"],
    ["hostname", z.hostname(), "example.org"],
  ])("are joined by others: %s", (_, schema, allowed) => {
    expect(isAllowed(schema, allowed)).toBe(true);
  });
});
