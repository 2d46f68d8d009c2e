import { expect, it } from "vitest";
import { passAtK } from "../../src";

it.each([
  [5, 2, 3, 0.9],
  [20, 1, 10, 0.5],
  [200, 10, 10, 0.4085478661],
  [10, 0, 1, 0],
  [4, 3, 2, 1],
])("estimates pass@k from n = %i, c = %i, k = %i", (n, c, k, expected) => {
  expect(passAtK(n, c, k)).toBeCloseTo(expected, 10);
});
