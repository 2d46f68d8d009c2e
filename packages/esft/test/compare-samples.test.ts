import { createHash } from "node:crypto";
import type { CausalLM } from "@deepgrain/lm";
import { beforeAll, describe, expect, it } from "vitest";
import { compareSamples } from "../src";
import { tinyLanguageModel } from "./support/tiny-language-model";

/** Four batches of 2 × 16 tokens. */
const sample = (name: string) =>
  Array.from({ length: 4 }, (_, i) => {
    const bytes = createHash("sha256").update(`${name} ${i}`).digest();
    return { ids: Int32Array.from(bytes, (byte) => 3 + byte), batch: 2, length: 16 };
  });

describe("compareSamples", () => {
  let model: CausalLM;
  beforeAll(async () => {
    model = await tinyLanguageModel();
    return () => model.dispose();
  });
  const options = { experts: 4, k: 2, signal: new AbortController().signal };

  it("finds a sample to agree with itself, at every size that it has", async () => {
    const own = sample("a");
    const found = await compareSamples(model, [own, own], { ...options, sizes: [8, 64, 500] });
    expect(found).toEqual([
      { tokens: 8, overlap: 2 },
      { tokens: 64, overlap: 2 },
    ]);
  });

  it("is bound by the shorter sample", async () => {
    const sizes = [16, 32, 64];
    const short = sample("b").slice(0, 1);
    const found = await compareSamples(model, [sample("a"), short], { ...options, sizes });
    expect(found.map(({ tokens }) => tokens)).toEqual([16, 32]);
    for (const { overlap } of found) expect(overlap).toBeGreaterThanOrEqual(1); // expert 3 is never chosen
  });
});
