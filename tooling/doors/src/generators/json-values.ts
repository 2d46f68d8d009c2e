/** @file Parts that generators share. */
import fc from "fast-check";

/** Short words. */
export const word = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 });

/** Any small JSON value. */
export const anyJson = fc.jsonValue({ maxDepth: 3 });

/** JSON lines of rows. */
export const lines = (row: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc
    .array(row, { maxLength: 5 })
    .map((rows) => rows.map((each) => `${JSON.stringify(each)}\n`).join(""));

/** n times the same line, made from its number. */
export const manyLines = (n: number, row: (i: number) => unknown): string =>
  Array.from({ length: n }, (_, i) => `${JSON.stringify(row(i))}\n`).join("");

/** The numbers below n. */
export const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
