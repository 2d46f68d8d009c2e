import { expect } from "vitest";
import type { Tokenizer } from "../../src";
import { type JsonSchema, jsonSchema } from "../../src/json-schema";
import { byteToCharacter } from "../../src/tokenizer/byte-alphabet";
import { allows } from "./write-text";

/** A schema, texts of each of its branches, and texts that it forbids. */
export type Case = [name: string, schema: JsonSchema, allowed: string[], forbidden: string[]];

/** Walks the masks of each text, byte by byte and in the tokens of the tokenizer. */
export function checkCase(tokenizer: Tokenizer, [, schema, allowed, forbidden]: Case): void {
  const constraint = jsonSchema(schema, tokenizer);
  const bytesOf = (text: string) =>
    Array.from(
      new TextEncoder().encode(text),
      (byte) => tokenizer.tokenToId(byteToCharacter[byte]!)!,
    );
  for (const [texts, isAllowed] of [
    [allowed, true],
    [forbidden, false],
  ] as const)
    for (const text of texts) {
      expect(allows(constraint, tokenizer, bytesOf(text)), text).toBe(isAllowed);
      const tokens = tokenizer.encode(text);
      expect(allows(constraint, tokenizer, tokens), `${text} in tokens`).toBe(isAllowed);
    }
}
