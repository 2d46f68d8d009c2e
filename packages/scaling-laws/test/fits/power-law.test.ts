import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitLossCurve, fitPowerLaw } from "../../src/index";

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe("fitPowerLaw", () => {
  it("solves a case worked by hand: 3·x^½ through 1, 4 and 100", () => {
    const { coefficient, exponent } = fitPowerLaw([1, 4, 100], [3, 6, 30]);
    expect([coefficient, exponent]).toBeAllclose([3, 0.5]);
  });

  it("finds any power law from points on it", () => {
    fc.assert(
      fc.property(number(1e-3, 1e3), number(-2, 2), (coefficient, exponent) => {
        const x = [1e17, 3e18, 4e19, 1e22];
        const law = fitPowerLaw(
          x,
          x.map((value) => coefficient * value ** exponent),
        );
        expect([Math.log(law.coefficient), law.exponent]).toBeAllclose(
          [Math.log(coefficient), exponent],
          { atol: 1e-8 },
        );
      }),
    );
  });

  it("refuses lists of different length, numbers that are not above 0, and one x only", () => {
    expect(() => fitPowerLaw([1, 2], [1])).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
    expect(() => fitPowerLaw([1, 2], [1, 0])).toThrow(
      /y\[1\] must be a finite number above 0, got 0/,
    );
    expect(() => fitPowerLaw([2, 2], [1, 3])).toThrow(
      expect.objectContaining({ code: "ERR_TOO_FEW" }),
    );
  });
});

describe("fitLossCurve", () => {
  const flops = [1e17, 3e17, 1e18, 3e18, 1e19, 3e19, 1e20, 3e20];

  it("finds floor, coefficient and exponent of a curve without noise", () => {
    fc.assert(
      fc.property(number(0.2, 3), number(0.2, 3), number(0.05, 0.3), (floor, reducible, gamma) => {
        const coefficient = reducible * 1e18 ** gamma;
        const loss = flops.map((value) => floor + coefficient * value ** -gamma);
        const law = fitLossCurve(flops, loss);
        expect([law.floor, law.coefficient, law.exponent]).toBeAllclose(
          [floor, coefficient, -gamma],
          {
            rtol: 1e-2,
          },
        );
      }),
      { numRuns: 30 },
    );
  });

  it("has the floor 0 where the losses follow a pure power law, in both forms", () => {
    const loss = flops.map((value) => 20 * value ** -0.05);
    for (const form of ["offset", "power"] as const) {
      const law = fitLossCurve(flops, loss, { form });
      expect([law.floor, law.coefficient, law.exponent]).toBeAllclose([0, 20, -0.05], {
        rtol: 1e-4,
        atol: 1e-4,
      });
    }
  });

  it("says how many budgets each form needs", () => {
    expect(() => fitLossCurve([1, 2], [3, 2])).toThrow(/needs at least 3 different budgets, got 2/);
    expect(fitLossCurve([1, 100], [3, 0.3], { form: "power" }).exponent).toBeCloseTo(-0.5, 12);
    expect(() => fitLossCurve([1], [3], { form: "power" })).toThrow(/needs at least 2/);
    expect(() => fitLossCurve([1, 2, 3], [3, 2])).toThrow(/3 budgets, but 2 losses/);
  });
});
