import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { nearDuplicates } from "../../src";
import { estimateJaccard, minHash } from "../../src/dedupe/min-hash";
import { jaccard, shingles } from "../../src/dedupe/shingles";

interface Golden {
  documents: { id: string; text: string }[];

  clusters_of_two_or_more: string[][];
  kept_first_of_each: string[];
}

describe.skipIf(sharedIsMissing)("near-duplicates of another implementation", () => {
  const read = () =>
    JSON.parse(readFileSync(shared("golden/coder/near-duplicates.json"), "utf8")) as Golden & {
      "pairs_above_0.02": { a: string; b: string; jaccard: number }[];
    };

  it("have the same Jaccard indices, and estimates within three standard errors", () => {
    const golden = read();
    const sets = new Map(golden.documents.map(({ id, text }) => [id, shingles(text, 5)]));
    const signatures = new Map([...sets].map(([id, set]) => [id, minHash(set, 256)]));
    for (const { a, b, jaccard: expected } of golden["pairs_above_0.02"]) {
      expect(jaccard(sets.get(a)!, sets.get(b)!)).toBeCloseTo(expected, 8);
      const error = 3 * Math.sqrt((expected * (1 - expected)) / 256) + 1e-9;
      expect(
        Math.abs(estimateJaccard(signatures.get(a)!, signatures.get(b)!) - expected),
      ).toBeLessThanOrEqual(error);
    }
  });

  it("are in the same groups", () => {
    const golden = read();
    const ids = golden.documents.map(({ id }) => id);
    const groups = nearDuplicates(golden.documents.map(({ text }) => text));
    expect(groups.map((group) => group.map((i) => ids[i]))).toEqual(golden.clusters_of_two_or_more);
    const dropped = new Set(groups.flatMap((group) => group.slice(1)));
    expect(ids.filter((_, i) => !dropped.has(i))).toEqual(golden.kept_first_of_each);
  });
});
