import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaInterval } from "../../src/annotate/beta-interval";
import { hardLabelAccuracy, recommendN } from "../../src/annotate/recommend-n";
import { betaCumulative, betaQuantile, logGamma } from "../../src/statistics/beta";

describe("recommendN", () => {
  it("finds N* = 4.7 for g = .6, π = .5, ρ = .05", () => {
    const made = recommendN({ goodShare: 0.6, goodHit: 0.5, badHit: 0.05 });
    expect(made.peak).toBeCloseTo(4.7, 1);
    expect(made.n).toBe(5);
    expect(made.accuracy).toBeCloseTo(0.6 * (1 - 0.5 ** 5) + 0.4 * 0.95 ** 5, 12);
  });

  it("is never beaten by another N", () => {
    const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (goodShare, a, b) => {
        fc.pre(Math.abs(a - b) > 0.01);
        const quality = { goodShare, goodHit: Math.max(a, b), badHit: Math.min(a, b) };
        const { accuracy } = recommendN(quality);
        for (let n = 1; n <= 64; n++)
          expect(hardLabelAccuracy(n, quality)).toBeLessThanOrEqual(accuracy + 1e-12);
      }),
    );
  });

  it("refuses completers that find wrong prefixes as easy as right ones", () => {
    expect(() => recommendN({ goodShare: 0.5, goodHit: 0.2, badHit: 0.2 })).toThrow(/say nothing/);
    expect(() => recommendN({ goodShare: 1, goodHit: 0.2, badHit: 0.1 })).toThrow(/goodShare/);
    expect(() => hardLabelAccuracy(0, { goodShare: 0.5, goodHit: 0.2, badHit: 0.1 })).toThrow(
      /n must/,
    );
  });
});

describe("betaInterval", () => {
  it("is the 95 % interval of Jeffreys' prior", () => {
    // Beta(3.5, 5.5): quantiles of R's qbeta.
    const made = betaInterval(3, 8);
    expect(made.mean).toBeCloseTo(3.5 / 9, 12);
    expect(betaCumulative(made.low, 3.5, 5.5)).toBeCloseTo(0.025, 9);
    expect(betaCumulative(made.high, 3.5, 5.5)).toBeCloseTo(0.975, 9);
    expect(betaInterval(0, 8).low).toBeLessThan(1e-3);
  });

  it("stands on a beta distribution with known values", () => {
    expect(betaCumulative(0.3, 1, 1)).toBeCloseTo(0.3, 12);
    expect(betaCumulative(0.5, 0.5, 0.5)).toBeCloseTo(0.5, 12); // arcsine law
    expect(betaCumulative(0.25, 0.5, 0.5)).toBeCloseTo(1 / 3, 12); // 2/π · asin(√x)
    expect(betaCumulative(0.2, 2, 3)).toBeCloseTo(0.1808, 12);
    expect([betaCumulative(0, 2, 3), betaCumulative(1, 2, 3)]).toEqual([0, 1]);
    expect(betaQuantile(0.1808, 2, 3)).toBeCloseTo(0.2, 9);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
    expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 10);
  });

  it("refuses more hits than completions", () => {
    expect(() => betaInterval(3, 2)).toThrow(/3 hits in 2 completions/);
    expect(() => betaInterval(1, 2, 1)).toThrow(/level/);
  });
});
