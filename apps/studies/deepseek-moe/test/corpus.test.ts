import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { comparisonDomains } from "../corpus";
import { readDomains, writeDomains } from "../encoded-file";
import { textKinds } from "../kinds";
import { comparisonSettings } from "../recipe";

const { signal } = new AbortController();

describe("the texts", () => {
  it("are nine kinds, of each about a tenth held out, and none is longer than the smallest size allows", async () => {
    const { characters } = comparisonSettings.quick;
    const kinds = await textKinds({ characters, signal });
    expect(kinds.map(({ name }) => name)).toEqual([
      "speeches",
      "novel",
      "TypeScript",
      "JavaScript",
      "Python",
      "licences",
      "glosses",
      "phones",
      "compiler messages",
    ]);
    for (const { name, train, validation } of kinds) {
      expect([...train, ...validation].join("").length, name).toBeLessThanOrEqual(characters);
      expect(train.length, name).toBeGreaterThan(0);
      expect(validation.length, name).toBeGreaterThan(0);
      expect(
        train.filter((text) => validation.includes(text)),
        name,
      ).toEqual([]);
    }
  });
});

describe("the encoded texts", () => {
  it("are ids of a vocabulary that was trained on them, and are read as they were stored", async () => {
    const vocabulary = 300;
    const domains = await comparisonDomains({ characters: 12_000, vocabulary, signal });
    expect(domains).toHaveLength(9);
    for (const { name, train, validation } of domains) {
      const ids = [...train, ...validation];
      expect(Math.max(...ids), name).toBeLessThan(vocabulary);
      expect(new Set(ids).size, name).toBeGreaterThan(30);
    }
    const merged = domains.flatMap(({ train }) => [...train]).filter((id) => id >= 259);
    expect(merged.length).toBeGreaterThan(1000);
    const folder = await mkdtemp(join(tmpdir(), "deepgrain-moe-"));
    try {
      await writeDomains(folder, domains);
      expect(await readDomains(folder)).toEqual(domains);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("stop at the signal", async () => {
    const stopped = AbortSignal.abort(new Error("enough"));
    const read = comparisonDomains({ characters: 2000, vocabulary: 300, signal: stopped });
    await expect(read).rejects.toThrow("enough");
  });
});
