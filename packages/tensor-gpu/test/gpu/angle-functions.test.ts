import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANGLE_FUNCTIONS } from "../../src/gpu/angle-functions";

type Part = (x: number) => number;

const { quartersOf, restOf } = new Function(
  `${ANGLE_FUNCTIONS.join("\n")}\nreturn { quartersOf, restOf };`,
)() as { quartersOf: Part; restOf: Part };

describe("quarters and rest of an angle", () => {
  it("are exact for every float32", () => {
    const exponents = fc.integer({ min: 13, max: 127 });
    const mantissas = fc.integer({ min: 2 ** 23, max: 2 ** 24 - 1 });
    fc.assert(
      fc.property(exponents, mantissas, fc.boolean(), (exponent, mantissa, isNegative) => {
        const x = mantissa * 2 ** (exponent - 23) * (isNegative ? -1 : 1);
        const [quarters, rest] = [quartersOf(x), restOf(x)];
        expect(Number.isInteger(quarters)).toBe(true);
        expect(Math.abs(rest)).toBeLessThanOrEqual(0.5 + 2 ** -14);
        const angle = (quarters + rest) * (Math.PI / 2);
        expect([Math.sin(angle), Math.cos(angle)]).toBeAllclose([Math.sin(x), Math.cos(x)], {
          rtol: 0,
          atol: 1e-9,
        });
      }),
      { numRuns: 300 },
    );
  });
});
