import { describe, expect, it } from "vitest";
import { domainNames, readDomains } from "../../texts/text-domains";

const { signal } = new AbortController();

describe("readDomains", () => {
  it("reads every kind, each with text for training and held out", async () => {
    const domains = await readDomains({ characters: 120_000, signal });
    expect(domains.map(({ name }) => name)).toEqual([...domainNames]);
    for (const { train, validation } of domains) {
      expect(train.join("").length).toBeGreaterThan(10_000);
      expect(validation.join("").length).toBeGreaterThan(500);
      const held = new Set(validation);
      expect(train.filter((text) => held.has(text))).toEqual([]);
    }
  });

  it("keeps the other kinds to a third of the prose", async () => {
    const domains = await readDomains({ characters: 120_000, signal });
    for (const { name, train, validation } of domains.slice(1)) {
      const parts = name === "messages" ? [train] : [[...train, ...validation]];
      for (const part of parts) expect(part.join("").length).toBeLessThanOrEqual(40_020);
    }
  });
});
