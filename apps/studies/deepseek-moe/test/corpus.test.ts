import { describe, expect, it } from "vitest";
import { comparisonDomains } from "../corpus";
import { readDomains, writeDomains } from "../encoded-file";
import { textKinds } from "../kinds";

const { signal } = new AbortController();

describe("the texts", () => {
  it("are nine kinds, of each about a tenth held out, none beyond its characters", async () => {
    const kinds = await textKinds({ characters: 30_000, signal });
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
      expect([...train, ...validation].join("").length, name).toBeLessThanOrEqual(30_000);
      expect(train.length, name).toBeGreaterThan(0);
      expect(validation.length, name).toBeGreaterThan(0);
      expect(train.filter((text) => validation.includes(text)), name).toEqual([]);
    }
  });
});
