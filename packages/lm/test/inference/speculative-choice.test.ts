import { describe, expect, it } from "vitest";
import { createRandom } from "../../src";
import { drawFrom, judgeDraft } from "../../src/inference/speculative-choice";

const vocabulary = 32;
const draws = 20_000;

/** Probabilities, some of them 0. */
function distribution(random: () => number): Float64Array {
  const weights = Float64Array.from({ length: vocabulary }, () =>
    random() < 0.2 ? 0 : Math.exp(3 * random()),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Σ (observed − expected)² / expected over the tokens that may come. */
function chiSquared(counts: Float64Array, p: Float64Array): number {
  let chi = 0;
  for (const [id, probability] of p.entries()) {
    if (probability === 0) expect(counts[id]).toBe(0);
    else chi += (counts[id]! - draws * probability) ** 2 / (draws * probability);
  }
  return chi;
}

describe("a judged guess", () => {
  it.each(["drawn from another distribution", "certain"])(
    "is a draw from the model's distribution, %s",
    (kind) => {
      const random = createRandom([5]).next;
      const [p, q] = [distribution(random), distribution(random)];
      const counts = new Float64Array(vocabulary);
      for (let i = 0; i < draws; i++) {
        const guess =
          kind === "certain"
            ? { id: i % vocabulary, probabilities: null }
            : { id: drawFrom(q, random), probabilities: q };
        counts[judgeDraft(p, guess, random)]!++;
      }
      const kinds = p.filter((probability) => probability > 0).length;
      // The 99.9 % quantile of χ² lies below k + 3.1 √(2k) + 7 for these k.
      expect(chiSquared(counts, p)).toBeLessThan(kinds - 1 + 3.1 * Math.sqrt(2 * (kinds - 1)) + 7);
    },
  );

  it("keeps a guess that the model is sure of and refuses one that it rules out", () => {
    const p = Float64Array.of(0, 1, 0);
    expect(judgeDraft(p, { id: 1, probabilities: null }, () => 0.99)).toBe(1);
    expect(judgeDraft(p, { id: 2, probabilities: Float64Array.of(0, 0, 1) }, () => 0)).toBe(1);
  });
});
