import { expect, it } from "vitest";
import { decimal, pValue, signed, spread, whole } from "../src";

it("writes numbers with about four digits and a real minus sign", () => {
  expect([12345.6, 123.45, 12.345, 1.2345, -0.0123, 0.000123, 0].map(decimal)).toEqual([
    "12,346",
    "123.5",
    "12.35",
    "1.234",
    "−0.012",
    "0.00012",
    "0.000",
  ]);
  expect([signed(0.5), signed(-0.5), whole(-1234)]).toEqual(["+0.500", "−0.500", "−1,234"]);
});

it("writes p and estimates for people", () => {
  expect([pValue(null), pValue(0.0004), pValue(0.0421)]).toEqual(["–", "< 0.001", "0.042"]);
  expect(spread({ mean: 2, standardError: 0.25 })).toBe("2.000 ± 0.250");
  expect(spread({ mean: 2, standardError: 0 })).toBe("2.000");
});
