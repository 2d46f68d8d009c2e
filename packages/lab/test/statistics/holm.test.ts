import { holm } from "@deepgrain/lab";
import type {} from "@deepgrain/vitest/allclose";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

describe("Holm's correction", () => {
  it("multiplies the smallest p by their number, the next by one less, and keeps the order", () => {
    // 0.005·4, 0.01·3, 0.03·2, then 0.04·1, which may not fall below the one before.
    expect(holm([0.01, 0.04, 0.03, 0.005])).toBeAllclose([0.03, 0.06, 0.06, 0.02]);
  });

  it("changes nothing for one test, and nothing for none", () => {
    expect(holm([0.04])).toEqual([0.04]);
    expect(holm([])).toEqual([]);
  });

  it("never lowers a p, exceeds 1, or turns two around", () => {
    fc.assert(
      fc.property(probabilities, (values) => {
        const adjusted = holm(values);
        for (const [i, p] of values.entries()) {
          expect(adjusted[i]!).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]!).toBeLessThanOrEqual(1);
          for (const [j, other] of values.entries())
            if (p < other) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!);
        }
      }),
    );
  });

  it("refuses what is not a probability", () => {
    expect(() => holm([0.1, 1.2])).toThrow("from 0 to 1, got 1.2");
    expect(() => holm([Number.NaN])).toThrow("got NaN");
  });
});
