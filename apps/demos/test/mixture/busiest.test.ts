import { describe, expect, it } from "vitest";
import { busiestExperts, countOff, MOST_EIGHTHS } from "../../src/mixture/busiest";
import { kinds, sizes } from "../../src/mixture/pair-names";
import type { RecordedMixture } from "../../src/mixture/recorded";
import { readRecorded } from "../../src/site/read-recorded";

describe("a share of the experts", () => {
  it("is the like number of both models, and leaves what a letter needs", () => {
    const counts = (kind: (typeof kinds)[number]) =>
      Array.from({ length: MOST_EIGHTHS + 1 }, (_, eighths) => countOff(kind, eighths));
    expect(counts("coarse")).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(counts("fine")).toEqual([0, 4, 8, 12, 16, 19, 23]);
    for (const kind of kinds) {
      const { experts, topK } = sizes[kind];
      expect(experts - countOff(kind, MOST_EIGHTHS)).toBeGreaterThanOrEqual(topK);
    }
  });

  it("takes the busiest first, the first of equal ones, in the order of their numbers", () => {
    const loads = [
      [0.1, 0.4, 0.2, 0.3],
      [0.25, 0.25, 0.25, 0.25],
    ];
    expect(busiestExperts(loads, 2)).toEqual([
      [1, 3],
      [0, 1],
    ]);
    expect(busiestExperts(loads, 0)).toEqual([[], []]);
  });

  it("costs nothing at none, as was recorded", () => {
    const { drops, probes } = readRecorded<RecordedMixture>("mixture");
    for (const kind of kinds) {
      expect(drops[kind]).toHaveLength(MOST_EIGHTHS + 1);
      expect(drops[kind][0]).toBe(probes[kind].loss);
    }
  });
});
