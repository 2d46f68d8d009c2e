import { benjaminiHochberg } from "@deepgrain/lab";
import type {} from "@deepgrain/vitest/allclose";
import fc from "fast-check";
import { expect, it } from "vitest";

it("agrees with a family of five worked by hand", () => {
  // m·p/rank in ascending order: 5·0.01/1 = 0.05, 5·0.02/2 = 0.05, 5·0.03/3 = 0.05, 5·0.04/4 = 0.05, 5·0.5/5 = 0.5.
  expect(benjaminiHochberg([0.5, 0.03, 0.01, 0.04, 0.02])).toBeAllclose(
    [0.5, 0.05, 0.05, 0.05, 0.05],
    { rtol: 1e-12 },
  );
  // 3·0.01/1 = 0.03, 3·0.04/2 = 0.06, 3·0.045/3 = 0.045, which the second takes over.
  expect(benjaminiHochberg([0.04, 0.01, 0.045])).toBeAllclose([0.045, 0.03, 0.045], {
    rtol: 1e-12,
  });
});

it("is never below p, and keeps its order", () => {
  const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
  fc.assert(
    fc.property(probabilities, (values) => {
      const q = benjaminiHochberg(values);
      for (const [i, p] of values.entries()) {
        expect(q[i]!).toBeGreaterThanOrEqual(p * (1 - 1e-12));
        expect(q[i]!).toBeLessThanOrEqual(1);
        for (const [j, other] of values.entries())
          if (p <= other) expect(q[i]!).toBeLessThanOrEqual(q[j]!);
      }
    }),
  );
});

it("refuses what is no probability", () => {
  expect(() => benjaminiHochberg([0.1, 1.2])).toThrow("benjaminiHochberg: p must be");
});
