import Ajv from "ajv/dist/2020";
import fc from "fast-check";
import { expect } from "vitest";
import { createRandom, type LmError, type Tokenizer } from "../../src";
import type { Constraint } from "../../src/generation/constraint";
import { jsonSchema } from "../../src/json-schema";
import { randomSchema } from "./random-schema";
import { writeText } from "./write-text";

/** The fewest tokens with which a constraint begins a text. */
function leastTokens(constraint: Constraint): number {
  try {
    constraint({ promptLength: 0, maxNewTokens: 1, eosTokenIds: [0] });
    return 1;
  } catch (error) {
    return (error as LmError).fields.needed as number;
  }
}

/** The constraint of a schema; null if nothing satisfies it, undefined if a combination of words is not supported. */
function constraintOf(schema: object, tokenizer: Tokenizer): Constraint | null | undefined {
  try {
    return jsonSchema(schema as never, tokenizer);
  } catch (error) {
    const { message } = error as LmError;
    if (/: (minProperties|uniqueItems)/.test(message)) return undefined;
    expect(message).toContain("nothing satisfies the schema");
    return null;
  }
}

const samples = [
  null,
  true,
  0,
  7,
  -3,
  0.5,
  1e6,
  "",
  "a",
  "the name",
  [],
  [1],
  [[], {}],
  {},
  { a: 1 },
];

/**
 * Writes two texts for each of some random schemas, one with as few tokens as are allowed or a few more, and one with many, and
 * checks that each ends and validates. @returns how many were written, and how many schemas nothing satisfies
 */
export function checkRandomSchemas(count: number, tokenizer: Tokenizer) {
  const ajv = new Ajv({ strict: false });
  const counts = { written: 0, refused: 0 };
  for (const [i, schema] of fc.sample(randomSchema, { numRuns: count, seed: 39 }).entries()) {
    const validate = ajv.compile(schema);
    const constraint = constraintOf(schema, tokenizer);
    if (constraint === undefined) continue;
    if (!constraint) {
      expect(
        samples.filter((value) => validate(value)),
        JSON.stringify(schema),
      ).toEqual([]);
      counts.refused++;
      continue;
    }
    const least = leastTokens(constraint);
    for (const maxNewTokens of [least + (i % 4), i % 10 === 0 ? 300 : least + 40]) {
      const random = createRandom([i, maxNewTokens]).next;
      const { text, hasEnded } = writeText(constraint, tokenizer, { maxNewTokens, random });
      const told = `${JSON.stringify(schema)}\n${text}`;
      expect(hasEnded, told).toBe(true);
      expect(validate(JSON.parse(text)), told).toBe(true);
      counts.written++;
    }
  }
  return counts;
}
