import { expect, it } from "vitest";
import { decimal, decimals, pValue, signed, spread, whole } from "../../src/pages";

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
  expect([signed(0), signed(-0.00002)]).toEqual(["0.000", "−0.000020"]);
  expect(decimals([11.35, 7.759, -0.0004])).toEqual(["11.35", "7.76", "0.00"]);
  expect(decimals([0.0002, -0.0001])).toEqual(["0.00020", "−0.00010"]);
});

it("writes p and estimates for people", () => {
  expect([pValue(null), pValue(0.0004), pValue(0.0421)]).toEqual(["–", "< 0.001", "0.042"]);
  expect(spread({ mean: 2, standardError: 0.25 })).toBe("2.000 ± 0.250");
  expect(spread({ mean: 2, standardError: 0 })).toBe("2.000");
  expect(spread({ mean: 60.93, standardError: 6.102 })).toBe("60.93 ± 6.10");
  expect(spread({ mean: 3.005, standardError: 0.00067 })).toBe("3.0050 ± 0.0007");
  expect(spread({ mean: 12_345.6, standardError: 7.2 })).toBe("12,346 ± 7");
});
