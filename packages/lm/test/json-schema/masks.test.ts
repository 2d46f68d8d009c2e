import { atOnce } from "@deepgrain/support";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom, type LmError, type Tokenizer } from "../../src";
import { budgetOf } from "../../src/errors";
import type { Automaton, State } from "../../src/json-schema/automaton";
import { schemaLimits } from "../../src/json-schema/compile-schema";
import { compiledSchema } from "../../src/json-schema/compiled-schemas";
import type { TokenMasks } from "../../src/json-schema/token-mask";
import { handMadeTokenizer } from "./hand-made-tokenizer";
import { randomSchema } from "./random-schema";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await handMadeTokenizer();
});

interface Opened {
  readonly automaton: Automaton;
  readonly masks: TokenMasks;
}

function opened(schema: unknown): Opened | undefined {
  const budget = budgetOf("jsonSchema", undefined, schemaLimits);
  try {
    return atOnce(compiledSchema(schema, tokenizer, budget)).open();
  } catch (error) {
    expect((error as LmError).code).toBe("ERR_ARGUMENT");
    return undefined;
  }
}

/** The tokens that may come, each tried by itself. */
function tried({ automaton }: Opened, state: State): { ids: number[]; mostCost: number } {
  const { bytes } = automaton.grammar.vocabulary;
  const ids: number[] = [];
  let mostCost = 0;
  for (const [id, own] of bytes.entries()) {
    const next = own && own.length > 0 ? automaton.afterAll(state, own) : null;
    if (!next || next.cost === Infinity) continue;
    ids.push(id);
    mostCost = Math.max(mostCost, next.cost);
  }
  return { ids, mostCost };
}

const idsOf = (bits: Uint32Array) =>
  Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter(
    (id) => (bits[id >>> 5]! >>> (id & 31)) & 1,
  );

/** States along a text whose tokens are drawn, each compared. @returns how many */
function compareAlong(given: Opened, random: () => number): number {
  let state: State = given.automaton.start;
  for (let at = 0; at < 25; at++) {
    const { bits, mostCost } = given.masks.of(state);
    const expected = tried(given, state);
    expect(idsOf(bits)).toEqual(expected.ids);
    expect(mostCost).toBeGreaterThanOrEqual(expected.mostCost);
    const id = expected.ids[Math.floor(random() * expected.ids.length)];
    if (id === undefined) return at + 1;
    const { bytes } = given.automaton.grammar.vocabulary;
    state = given.automaton.afterAll(state, bytes[id]!)!;
  }
  return 25;
}

const listOf = (items: object) => ({ type: "array", items });
const schemas: object[] = [
  listOf({ type: "string" }),
  listOf({ type: "string", minLength: 2, maxLength: 6 }),
  listOf({ type: "string", pattern: "^(?:a|é|日|😀)*b" }),
  listOf({ type: "string", pattern: '^[a"\\\\\\n]*$', maxLength: 5 }),
  listOf({ anyOf: [{ pattern: "^a" }, { pattern: "e$", maxLength: 4 }, { type: "string" }] }),
  { type: "object", patternProperties: { "^a": { type: "null" } }, additionalProperties: false },
  { type: "object", properties: { name: true, the: { type: "null" } }, maxProperties: 3 },
  { type: "object", propertyNames: { pattern: "^[^a]*$" }, minProperties: 1 },
  listOf({ enum: ["a", "ab", "the name", 1, 12] }),
];

describe("a mask", () => {
  it("has the tokens that may come, each tried by itself", () => {
    let states = 0;
    for (const [i, schema] of schemas.entries())
      for (let k = 0; k < 4; k++)
        states += compareAlong(opened(schema)!, createRandom([i, k]).next);
    expect(states).toBeGreaterThan(400);
  });

  it("has them for random schemas", () => {
    let states = 0;
    for (const [i, schema] of fc.sample(randomSchema, { numRuns: 60, seed: 56 }).entries()) {
      const given = opened(schema);
      if (given) states += compareAlong(given, createRandom([i, 1]).next);
    }
    expect(states).toBeGreaterThan(300);
  });

  it("is made once inside a string, whatever stands around it", () => {
    const given = opened(listOf({ type: "string", pattern: "^[a-z ]*$" }))!;
    const after = (text: string) =>
      given.automaton.afterAll(given.automaton.start, new TextEncoder().encode(text))!;
    given.masks.of(after('["'));
    given.masks.of(after('["t'));
    const first = given.masks.looks;
    given.masks.of(after('["the'));
    expect(given.masks.looks).toBe(first); // the same state
    given.masks.of(after('["the","'));
    expect(given.masks.looks).toBe(first);
    const deep = opened({
      $ref: "#/$defs/a",
      $defs: { a: { anyOf: [listOf({ $ref: "#" }), { type: "string" }] } },
    })!;
    const inside = (text: string) =>
      deep.automaton.afterAll(deep.automaton.start, new TextEncoder().encode(text))!;
    deep.masks.of(inside('"'));
    const once = deep.masks.looks;
    deep.masks.of(inside('["'));
    const again = deep.masks.looks - once;
    expect(again).toBeLessThan(once / 4); // what follows the quote alone
  });
});
