import { sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noiseFor, privacySpent, rdpOfStep } from "../../support/all";
import { readGolden } from "../../support/golden";

describe("privacySpent", () => {
  it.each([
    [1.3, 3516, 1.19],
    [1.1, 14063, 3.01],
    [0.7, 10547, 7.12],
  ])(
    "gives the known ε for 256 of 60,000 and σ %f after %i steps: %f",
    (noiseMultiplier, steps, expected) => {
      const { epsilon } = privacySpent({
        samplingRate: 256 / 60_000,
        noiseMultiplier,
        steps,
        delta: 1e-5,
      });
      expect(Math.abs(epsilon - expected)).toBeLessThan(0.02);
    },
  );

  it.skipIf(sharedIsMissing)("equals the golden numbers, both conversions, q = 1 too", () => {
    const tolerance = { rtol: 1e-6, atol: 0 };
    for (const golden of readGolden().rdp) {
      const options = {
        samplingRate: golden.q,
        noiseMultiplier: golden.sigma,
        steps: golden.steps,
        delta: golden.delta,
      };
      const { epsilon, order } = privacySpent(options);
      expect(order).toBe(golden.order);
      expect([epsilon]).toBeAllclose([golden.epsilon], tolerance);
      expect([rdpOfStep(options, order)]).toBeAllclose([golden.rdp_per_step_at_order], tolerance);
      const improved = privacySpent({ ...options, conversion: "improved" });
      expect([improved.epsilon]).toBeAllclose([golden.epsilon_improved_conversion], tolerance);
    }
  });

  it("spends more with more steps, less with more noise", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 5, noNaN: true }),
        fc.integer({ min: 1, max: 1000 }),
        (samplingRate, noiseMultiplier, steps) => {
          const spent = privacySpent({ samplingRate, noiseMultiplier, steps, delta: 1e-5 }).epsilon;
          expect(
            privacySpent({ samplingRate, noiseMultiplier, steps: 2 * steps, delta: 1e-5 }).epsilon,
          ).toBeGreaterThanOrEqual(spent);
          expect(
            privacySpent({ samplingRate, noiseMultiplier: 2 * noiseMultiplier, steps, delta: 1e-5 })
              .epsilon,
          ).toBeLessThanOrEqual(spent);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("finds the noise for a wanted ε", () => {
    const options = { samplingRate: 0.01, steps: 1000, delta: 1e-5 };
    const noiseMultiplier = noiseFor({ ...options, epsilon: 2 });
    expect(privacySpent({ ...options, noiseMultiplier }).epsilon).toBeLessThanOrEqual(2);
    expect(
      privacySpent({ ...options, noiseMultiplier: noiseMultiplier * 0.999 }).epsilon,
    ).toBeGreaterThan(2);
  });

  it.each([
    { samplingRate: 0 },
    { samplingRate: 1.1 },
    { noiseMultiplier: 0 },
    { noiseMultiplier: Number.NaN },
    { steps: -1 },
    { delta: 0 },
    { delta: 2 },
    { orders: [1] },
  ])("refuses %o", (wrong) => {
    const options = { samplingRate: 0.1, noiseMultiplier: 1, steps: 10, delta: 1e-5, ...wrong };
    expect(() => privacySpent(options)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});
