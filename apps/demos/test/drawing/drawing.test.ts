import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentText, powerText, scientific } from "../../src/drawing/numbers";
import { linearScale, logScale } from "../../src/drawing/scales";

describe("numbers beside a picture", () => {
  it.each([
    [1e9, "10⁹"],
    [2e9, "2·10⁹"],
    [1e-5, "10⁻⁵"],
    [500, "500"],
    [0.01, "0.01"],
  ])("%d is %s on an axis", (value, text) => {
    expect(powerText(value)).toBe(text);
  });

  it.each([
    [0, "0"],
    [0.5243, "0.524"],
    [1164.2, "1,160"],
    [2.5719e10, "2.57 · 10¹⁰"],
    [4.2e-7, "4.20 · 10⁻⁷"],
  ])("%d is %s in words", (value, text) => {
    expect(scientific(value)).toBe(text);
  });

  it("shares have a real minus sign, and none before zero", () => {
    expect(percentText(-0.012)).toBe("−1.2\u00a0%");
    expect(percentText(-0.0001)).toBe("0.0\u00a0%");
  });
});

describe("scales", () => {
  it("have few ticks inside their ends, and map the ends to the edges", () => {
    const ends = fc.tuple(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: 1.01, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, fc.integer({ min: 3, max: 10 }), ([from, factor], most) => {
        const span = { from, to: from * factor, start: 10, end: 110 };
        for (const scale of [linearScale(span, most), logScale(span, most)]) {
          expect(scale.at(span.from)).toBeCloseTo(10, 6);
          expect(scale.at(span.to)).toBeCloseTo(110, 6);
          expect(scale.ticks.length).toBeLessThanOrEqual(most + 1);
          for (const tick of scale.ticks) {
            expect(scale.at(tick)).toBeGreaterThan(9.9);
            expect(scale.at(tick)).toBeLessThan(110.1);
          }
        }
      }),
    );
  });

  it("hold a single value in their middle", () => {
    expect(linearScale({ from: 2, to: 2, start: 0, end: 10 }, 3).at(2)).toBe(5);
  });
});
